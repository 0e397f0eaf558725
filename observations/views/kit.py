"""A ward's kit: who wears what, handing out, taking back, correcting, and what readings ask for."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.models import User
from accounts.policies import signed_in
from observations.actions.devices import (
    chase_device,
    correct_holding,
    deliver_device,
    issue_device,
    return_device,
    set_device_status,
)
from observations.actions.prompts import finish_prompt
from observations.forms.kit import ChaseForm, CorrectForm, FinishForm, IssueForm, StatusForm
from observations.kit import heard, kit
from observations.models import Device, Holding, Prompt, UnclaimedReading
from observations.policies import (
    can_manage_device,
    can_treat,
    check_can_finish_prompt,
    check_can_manage_device,
    check_can_manage_kit,
    check_can_treat,
)
from observations.presenters.kit import (
    DevicePresenter,
    HolderPresenter,
    KitPresenter,
    moment,
)
from observations.views.acting import attempt
from observations.views.asking import caring_ward
from patients.models import Admission
from patients.presenters.words import address, named
from patients.views.acting import form_page

READ_OR_POST = ["GET", "HEAD", "POST"]
NOTHING_IN_STORE = "Nothing is in store: take a device back first, or ask your supplier for one."


@require_safe
def device_list(request: HttpRequest, code: str) -> HttpResponse:
    user = signed_in(request)
    ward = caring_ward(user, code)
    audit.look(request, page="kit", subject=ward)
    at = timezone.now()
    told = {
        "ward": ward,
        "kit": KitPresenter(kit(ward, at=at), at=at),
        "unclaimed": UnclaimedReading.objects.caring(user).open().filter(ward=ward).count(),
        "may_change": can_treat(user, ward),
    }
    return render(request, "observations/device_list.html", told)


@require_safe
def device_show(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    device = _device(user, pk)
    audit.look(request, page="device", subject=device)
    at = timezone.now()
    holdings = device.holdings.select_related("admission__patient", "recorded_by")
    mine = set(Admission.objects.caring(user).filter(holdings__device=device).values_list("pk"))
    told = {
        "device": DevicePresenter(device, at=at),
        "holders": [
            HolderPresenter(one, at=at, known=(one.admission_id,) in mine)
            for one in holdings.order_by("-starts", "-recorded_at")
        ],
        "last_reading": moment(heard({pk for (pk,) in mine}, at=at).get(device.pk), at),
        "may_change": can_manage_device(user, device),
    }
    return render(request, "observations/device_show.html", told)


@require_http_methods(READ_OR_POST)
def device_issue(request: HttpRequest, code: str) -> HttpResponseBase:
    user = signed_in(request)
    ward = caring_ward(user, code)
    check_can_treat(user, ward)
    devices = Device.objects.caring(user).filter(provider=ward.lead_provider)
    in_store = devices.filter(status=Device.Status.IN_STORE, use=Device.Use.PERSONAL)
    admissions = Admission.objects.treating(user).current().on(ward).select_related("patient")
    form = IssueForm(
        request.POST or None,
        initial={"device": request.GET.get("device"), "admission": request.GET.get("admission")},
        devices=in_store,
        admissions=admissions.order_by("patient__family_name"),
    )
    if form.is_valid() and attempt(form, lambda: issue_device(**form.cleaned_data, by=user)):
        given = form.cleaned_data
        words = f"{given['device']} is with {named(given['admission'].patient)}. Ask for a reading."
        messages.success(request, words)
        return redirect("observations:device-list", code=ward.code)
    return _page(
        request,
        form,
        title="Issue kit",
        note="" if in_store.exists() else NOTHING_IN_STORE,
        submit="Issue this device",
        back_url=address("observations:device-list", ward.code),
    )


@require_http_methods(READ_OR_POST)
def holding_return(request: HttpRequest, pk: int) -> HttpResponseBase:
    user, holding = _holding(request, pk)
    whom = named(holding.admission.patient)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid() and attempt(form, lambda: return_device(holding=holding, by=user)):
        words = f"{holding.device} is back from {whom}. What it measures now is not theirs."
        messages.success(request, words)
        return redirect(_back(holding))
    return _page(
        request,
        form,
        title=f"Take back {holding.device}",
        whom=whom,
        note="From now on its readings belong to nobody, until it is issued again.",
        submit=f"{holding.device} is back from {whom}",
        back_url=_back(holding),
    )


@require_http_methods(READ_OR_POST)
def holding_deliver(request: HttpRequest, pk: int) -> HttpResponseBase:
    user, holding = _holding(request, pk)
    whom = named(holding.admission.patient)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid() and attempt(form, lambda: deliver_device(holding=holding, by=user)):
        messages.success(request, f"{holding.device} is with {whom}. Ask for a reading.")
        return redirect(_back(holding))
    return _page(
        request,
        form,
        title=f"{holding.device} is delivered",
        whom=whom,
        note="That it works, its first reading tells.",
        submit=f"{holding.device} is with {whom}",
        back_url=_back(holding),
    )


@require_http_methods(READ_OR_POST)
def holding_chase(request: HttpRequest, pk: int) -> HttpResponseBase:
    user, holding = _holding(request, pk)
    whom = named(holding.admission.patient)
    form = ChaseForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and attempt(
        form, lambda: chase_device(holding=holding, by=user, **form.cleaned_data)
    ):
        messages.success(request, f"{holding.device}: that you asked is written down.")
        return redirect(_back(holding))
    return _page(
        request,
        form,
        title=f"Chase {holding.device}",
        whom=whom,
        submit=f"Write it down for {whom}",
        back_url=_back(holding),
    )


@require_http_methods(READ_OR_POST)
def holding_correct(request: HttpRequest, pk: int) -> HttpResponseBase:
    user, holding = _holding(request, pk, only_open=False)
    form = CorrectForm(request.POST or None, holding=holding)
    whom = named(holding.admission.patient)
    if form.is_valid() and attempt(
        form, lambda: correct_holding(holding=holding, **form.cleaned_data, by=user)
    ):
        words = f"Corrected. The readings of {holding.device} in between were given anew."
        messages.success(request, words)
        return redirect("observations:device-show", pk=holding.device_id)
    return _page(
        request,
        form,
        title=f"Correct who held {holding.device}",
        whom=whom,
        note=_others(user, holding),
        submit=f"Correct the times of {whom}",
        back_url=address("observations:device-show", holding.device_id),
    )


@require_http_methods(READ_OR_POST)
def device_status(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = signed_in(request)
    device = _device(user, pk)
    check_can_manage_device(user, device)
    form = StatusForm(request.POST or None)
    back = address("observations:device-show", device.pk)
    if form.is_valid() and attempt(
        form, lambda: set_device_status(device=device, **form.cleaned_data, by=user)
    ):
        messages.success(request, f"{device}: written down.")
        return redirect(back)
    title = f"State of {device}"
    return _page(request, form, title=title, submit=f"Write it down for {device}", back_url=back)


@require_http_methods(READ_OR_POST)
def prompt_finish(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = signed_in(request)
    prompts = Prompt.objects.caring(user).select_related("ward", "admission__ward", "device")
    prompt = get_object_or_404(prompts, pk=pk)
    check_can_finish_prompt(user, prompt)
    form = FinishForm(request.POST or None)
    back = address("observations:device-list", prompt.ward_now.code)
    if form.is_valid() and attempt(
        form, lambda: finish_prompt(prompt=prompt, **form.cleaned_data, by=user)
    ):
        messages.success(request, f"Done: {prompt.text}")
        return redirect(back)
    return _page(
        request,
        form,
        title=str(prompt.get_kind_display()).capitalize(),
        whom=named(prompt.admission.patient) if prompt.admission else "",
        note=prompt.text,
        submit="Done",
        back_url=back,
    )


def _device(user: User, pk: int) -> Device:
    devices = Device.objects.caring(user).select_related(
        "provider", "supplier", "place", "hub", "told"
    )
    return get_object_or_404(devices, pk=pk)


def _holding(request: HttpRequest, pk: int, *, only_open: bool = True) -> tuple[User, Holding]:
    user = signed_in(request)
    admissions = Admission.objects.caring(user)
    believed = Holding.objects.open() if only_open else Holding.objects.believed()
    found = believed.filter(admission__in=admissions)
    related = ("device", "admission__patient", "admission__ward__lead_provider")
    holding = get_object_or_404(found.select_related(*related), pk=pk)
    check_can_manage_kit(user, holding.admission)
    return user, holding


def _others(user: User, holding: Holding) -> str:
    """Whose readings a correction may give or take: both patients are named."""
    others = Holding.objects.believed().filter(device=holding.device).exclude(pk=holding.pk)
    known = Admission.objects.caring(user)
    names = [
        named(one.admission.patient)
        for one in others.filter(admission__in=known).select_related("admission__patient")
    ]
    if others.exclude(admission__in=known).exists():
        names.append("a patient of another ward")
    told = "The readings in the changed time are judged again"
    return f"{told}. The device was also held by {'; '.join(names)}." if names else f"{told}."


def _back(holding: Holding) -> str:
    return address("observations:device-list", holding.admission.ward.code)


def _page(request: HttpRequest, form: forms.Form, **told: object) -> HttpResponse:
    return form_page(request, "observations/kit_form.html", form, **told)
