"""A picture, and what it shows."""

from django import forms

from issues.models import Image
from issues.pictures import Encoded, encode


class UploadForm(forms.ModelForm):
    """A picture file and what it shows."""

    upload = forms.FileField(
        label="file", help_text="PNG, JPEG, GIF, WebP or AVIF, up to 20 MB."
    )

    class Meta:
        model = Image
        fields = ("alt", "caption", "credit")

    def clean_upload(self) -> Encoded | None:
        return encode(self.cleaned_data["upload"])


class PictureForm(UploadForm):
    """What a stored picture shows; and another file for it, if there is one."""

    upload = forms.FileField(
        label="another file",
        required=False,
        help_text="It takes the picture’s place, at the same address, in every issue.",
    )

    def clean_upload(self) -> Encoded | None:
        return super().clean_upload() if self.cleaned_data.get("upload") else None
