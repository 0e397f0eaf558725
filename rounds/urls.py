"""Where the pages of rounds live."""

from django.urls import URLPattern, path

from rounds.views import board

app_name = "rounds"

urlpatterns: list[URLPattern] = [
    path("wards/", board.ward_list, name="ward-list"),
    path("wards/<slug:code>/board/", board.ward_board, name="ward-board"),
    path("admissions/<uuid:pk>/row/", board.board_row, name="board-row"),
]
