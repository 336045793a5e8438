from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from issues.forms import MarkdownWidget
from superfast.common.blocks import Figure
from superfast.common.markdown import render_blocks
from superfast.pages.models import Page


class PageForm(forms.ModelForm):
    class Meta:
        model = Page
        fields = ("title", "description", "body")
        widgets = {"body": MarkdownWidget(attrs={"rows": 30})}

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if any(isinstance(block, Figure) for block in render_blocks(body)):
            raise ValidationError(
                "A standing page holds no pictures: readers see those of issues only."
            )
        return body


@admin.register(Page)
class PageAdmin(admin.ModelAdmin):
    form = PageForm
    list_display = ("title", "slug", "updated_at")
    search_fields = ("title", "body")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Page | None = None
    ) -> bool:
        return False
