"""What the site promises, each broken on purpose; a module for each kind of trouble.

The modules are imported in the order in which their checks are run.
"""

from deploy.rehearsal.promises import (  # noqa: F401, I001  # each fills the table
    reaching,
    database,
    processes,
    keeping,
    alone,
)
