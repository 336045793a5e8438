"""What editors type into an issue."""

from issues.forms.importing import ImportForm
from issues.forms.issue import IssueForm, MarkdownWidget, RepublishForm
from issues.forms.pictures import PictureForm, UploadForm
from issues.forms.sharing import DraftLinkForm
from issues.forms.texts import (
    AutosaveForm,
    ChecklistForm,
    PresenceForm,
    PreviewForm,
    TextForm,
)

__all__ = [
    "AutosaveForm",
    "ChecklistForm",
    "DraftLinkForm",
    "ImportForm",
    "IssueForm",
    "MarkdownWidget",
    "PictureForm",
    "PresenceForm",
    "PreviewForm",
    "RepublishForm",
    "TextForm",
    "UploadForm",
]
