"""Who may open the addresses of observations."""

from tests.matrix.rows import UNAUTHORISED, Row

ROWS = [
    # Devices come with a key; a browser's session opens nothing here.
    Row(
        "api:observations_api:reading-create",
        otherwise=UNAUTHORISED,
        stranger=UNAUTHORISED,
        method="post",
        data={"readings": []},
        json=True,
    ),
]
