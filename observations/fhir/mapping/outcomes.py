"""What went wrong, as OperationOutcome: one issue a fault, each pointing at its element."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

Resource = dict[str, Any]
_CODES: Final = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    409: "conflict",
    410: "deleted",
    412: "multiple-matches",
    413: "too-long",
    415: "not-supported",
    429: "throttled",
    500: "exception",
    503: "transient",
}


class Issue(NamedTuple):
    """`code` is of FHIR's issue-type, `expression` a FHIRPath; the text is for people."""

    code: str
    text: str
    expression: str = ""
    severity: str = "error"

    def within(self, path: str) -> Issue:
        """The same, told of an element that stands inside another: "Observation.value" in
        "Bundle.entry[2].resource" is "Bundle.entry[2].resource.value"."""
        first, dot, rest = self.expression.partition(".")
        return self._replace(expression=f"{path}{dot}{rest}" if first else path)


class FaultError(Exception):
    """Ends a request, or one entry of a bundle."""

    def __init__(
        self, status: int, *issues: Issue, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__("; ".join(issue.text for issue in issues))
        self.status, self.issues, self.headers = status, issues, dict(headers or {})

    def within(self, path: str) -> FaultError:
        return FaultError(
            self.status, *(issue.within(path) for issue in self.issues), headers=self.headers
        )


def fault(status: int, text: str, **headers: str) -> FaultError:
    """One that no element explains; its issue's code follows from the status."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return FaultError(status, Issue(_CODES.get(status, "processing"), text), headers=named)


def outcome(issues: Iterable[Issue]) -> Resource:
    return {"resourceType": "OperationOutcome", "issue": [_issue(issue) for issue in issues]}


def _issue(issue: Issue) -> Resource:
    told: Resource = {"severity": issue.severity, "code": issue.code}
    told["details"] = {"text": issue.text}
    return told | ({"expression": [issue.expression]} if issue.expression else {})
