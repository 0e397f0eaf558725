"""What an organisation reports, of the wards that the reader may see."""

import csv

from django.urls import reverse

from tests.capacity.factories import make_beds, make_icb, make_provider, make_stay, make_ward


def page(client, code="RT5"):
    return client.get(reverse("capacity:provider-detail", args=[code]))


def test_a_provider_is_told_by_its_wards_and_their_sum(ward, beds, icb_manager, signed_in):
    make_stay(ward, beds[0])
    other = make_ward("RT5-elsewhere", name="Elsewhere")
    make_stay(other, make_beds(other, 2)[0])
    shown = page(signed_in(icb_manager)).context["shown"]
    assert "reports <strong>5 beds</strong> on 2 wards." in shown.sentence
    assert "Now <strong>2 patients</strong>: <strong>40.0%</strong>" in shown.sentence
    assert [line.cells[:6] for line in shown.lines] == [
        ("Elsewhere", "QK1", "2", "not told", "1", "50.0%"),
        ("Soar Valley", "QK1", "3", "not told", "1", "33.3%"),
        ("Sum", "", "5", "", "2", "40.0%"),
    ]


def test_a_bed_counts_with_who_reports_it_not_with_who_leads_the_ward(
    ward, beds, icb_manager, signed_in
):
    loros = make_provider("LOROS", name="LOROS Hospice", kind="hospice")
    make_beds(ward, 4, provider=loros)
    client = signed_in(icb_manager)
    assert [line.counted.beds for line in page(client, "LOROS").context["shown"].lines] == [4, 4]
    assert [line.counted.beds for line in page(client).context["shown"].lines] == [3, 3]


def test_wards_out_of_reach_are_not_counted(ward, beds, icb_manager, ward_nurse, signed_in):
    far = make_ward("RT5-far", name="Far", icb=make_icb("QWO"))
    make_beds(far, 9)
    for user in (icb_manager, ward_nurse):
        shown = page(signed_in(user)).context["shown"]
        assert [line.label for line in shown.lines] == ["Soar Valley", "Sum"]


def test_a_provider_out_of_reach_is_not_found(ward, beds, icb_manager, signed_in):
    make_ward("RXX-far", name="Far", icb=make_icb("QWO"), provider=make_provider("RXX"))
    assert page(signed_in(icb_manager), "RXX").status_code == 404


def test_the_file_holds_the_table(ward, beds, icb_manager, signed_in):
    client = signed_in(icb_manager)
    body = client.get(reverse("capacity:provider-table", args=["RT5"])).content.decode()
    rows = list(csv.reader(body.lstrip("\ufeff").splitlines()))
    assert rows == [list(row) for row in page(client).context["shown"].csv]
