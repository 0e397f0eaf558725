"""The boxes of a form, drawn without a template each: the same markup in a tenth of the time.

A review's form has forty boxes and choices, each of which Django draws by two to four templates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.html import conditional_escape, strip_spaces_between_tags

Widget = Mapping[str, Any]
_FOLDER: Final = "django/forms/widgets/"


class Renderer(DjangoTemplates):
    """Whatever is not drawn here is left to Django's templates."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        draw = _DRAWN.get(template_name)
        if draw is None:
            return str(super().render(template_name, context, request))
        return draw(self, context["widget"])

    def inner(self, widget: Widget) -> str:
        """An option's, or one box of several."""
        return self.render(widget["template_name"], {"widget": widget})


def _text(value: Any) -> str:
    """As a template shows it."""
    return conditional_escape(localize(value))


def _as_said(value: Any) -> str:
    """As `stringformat:"s"` shows it: in no country's way, since a form reads it again."""
    return conditional_escape(value if isinstance(value, str) else str(value))


def _attributes(widget: Widget) -> str:
    attrs = widget["attrs"].items()
    return "".join(
        f" {_text(name)}" if value is True else f' {_text(name)}="{_as_said(value)}"'
        for name, value in attrs
        if value is not False
    )


def _input(_: Renderer, widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{_as_said(widget["value"])}"'
    start = f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"'
    return f"{start}{value}{_attributes(widget)}>"


def _textarea(_: Renderer, widget: Widget) -> str:
    value = _text(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{_text(widget["name"])}"{_attributes(widget)}>\n{value}</textarea>'


def _select(renderer: Renderer, widget: Widget) -> str:
    groups = "".join(_option_group(renderer, group, ones) for group, ones, _ in widget["optgroups"])
    return f'<select name="{_text(widget["name"])}"{_attributes(widget)}>{groups}\n</select>'


def _option_group(renderer: Renderer, group: object, options: list[Widget]) -> str:
    told = "".join(f"\n  {renderer.inner(option)}" for option in options)
    return f'\n  <optgroup label="{_text(group)}">{told}\n  </optgroup>' if group else told


def _select_option(_: Renderer, widget: Widget) -> str:
    value, label = _as_said(widget["value"]), _text(widget["label"])
    return f'<option value="{value}"{_attributes(widget)}>{label}</option>'


def _choices(renderer: Renderer, widget: Widget) -> str:
    """A box for each choice, in groups where there are any."""
    attrs = widget["attrs"]
    start = "".join(
        f' {name}="{_text(attrs[name])}"' for name in ("id", "class") if attrs.get(name)
    )
    groups = "".join(_choice_group(renderer, group, ones) for group, ones, _ in widget["optgroups"])
    return f"<div{start}>{groups}\n</div>"


def _choice_group(renderer: Renderer, group: object, options: list[Widget]) -> str:
    told = "".join(f"<div>\n    {renderer.inner(option)}</div>" for option in options)
    return f"\n  <div><label>{_text(group)}</label>{told}\n  </div>" if group else told


def _choice(renderer: Renderer, widget: Widget) -> str:
    box = _input(renderer, widget)
    if not widget["wrap_label"]:
        return box
    found = widget["attrs"].get("id")
    whose = f' for="{_text(found)}"' if found else ""
    return f"<label{whose}>{box} {_text(widget['label'])}</label>"


def _several(renderer: Renderer, widget: Widget) -> str:
    boxes = "".join(renderer.inner(one) for one in widget["subwidgets"])
    return strip_spaces_between_tags(boxes.strip())


_INPUTS: Final = (
    *("text", "number", "email", "url", "color", "search", "tel", "password", "hidden"),
    *("date", "datetime", "time", "checkbox"),
)
_DRAWN: Final[Mapping[str, Callable[[Renderer, Widget], str]]] = {
    f"{_FOLDER}{name}.html": draw
    for name, draw in (
        *((name, _input) for name in _INPUTS),
        ("textarea", _textarea),
        ("select", _select),
        ("select_option", _select_option),
        ("radio", _choices),
        ("checkbox_select", _choices),
        ("radio_option", _choice),
        ("checkbox_option", _choice),
        ("multiwidget", _several),
        ("splitdatetime", _several),
    )
}
