"""Static files under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """WhiteNoise's storage; what a module imports has a name of its own content, too.

    Else a browser puts a new module and the old one that it imports together,
    for as long as it keeps the old one.
    """

    support_js_module_import_aggregation = True
