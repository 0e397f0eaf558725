"""The questions that a ward asks at leaving; its lead publishes a new version."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.policies import signed_in
from patients.views.acting import attempt, form_page
from patients.views.asking import caring_ward
from rounds.actions.experience import publish_questions, questionnaire_of
from rounds.forms.questions import QuestionsForm
from rounds.policies import check_can_edit_questions
from rounds.views.asking import READ_OR_POST


@require_http_methods(READ_OR_POST)
def questions_edit(request: HttpRequest, code: str) -> HttpResponseBase:
    user = signed_in(request)
    ward = caring_ward(user, code)
    check_can_edit_questions(user, ward)
    now = questionnaire_of(ward)
    form = QuestionsForm(request.POST or None, now=now)
    if form.is_valid() and attempt(
        form, lambda: publish_questions(ward=ward, questions=form.asked(), by=user)
    ):
        messages.success(request, f"{ward.name} asks these questions from now on.")
        return redirect("rounds:questions-edit", code=code)
    return form_page(request, "rounds/questions_edit.html", form, ward=ward, now=now)
