"""Text that was written elsewhere becomes the text of an issue."""
