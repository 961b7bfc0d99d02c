"""``clusters/{c}/form``: the submit form, with this cluster's choices for this person."""

from __future__ import annotations

from jupyter_slurm_rest.server.answers import Form
from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.contents_paths import folder_of
from jupyter_slurm_rest.server.operation import operation
from jupyter_slurm_rest.server.requests import FormQuery
from jupyter_slurm_rest.server.submit_form import submit_form


class FormHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, query: FormQuery) -> Form:
        """The submit form: JSON Schema, layout and defaults."""
        directory = folder_of(query.path, root=self.app.root_directory)
        return await submit_form(
            self.cluster(cluster), directory=directory, account=query.account, qos=query.qos
        )
