"""Reads NHS England's monthly Virtual Ward workbook, whose manner varies from month to month."""

from capacity.workbooks.reading import NotAWorkbook, read, read_file
from capacity.workbooks.words import Line, Month, Remark

__all__ = ["Line", "Month", "NotAWorkbook", "Remark", "read", "read_file"]
