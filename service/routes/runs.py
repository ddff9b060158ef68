"""How far long work is, and stopping it."""

import anyio.to_thread
from fastapi import APIRouter

from service import uploads
from service.auth import MayAdminister
from service.routes.common import PathId, problems
from service.schemas.runs import RunOut, run_out
from service.state import Open, State
from triagem.store import runs
from triagem.store.runs import Run

router = APIRouter(prefix="/v1", tags=["runs"], responses=problems(404))


@router.get("/runs/{run_id}")
async def get_run(run_id: PathId, caller: MayAdminister, state: Open) -> RunOut:
    """A run's state and progress, and in the end its result or its error."""
    return run_out(await anyio.to_thread.run_sync(_get, state, caller.desk, run_id))


@router.post("/runs/{run_id}:cancel", responses=problems(409))
async def cancel_run(run_id: PathId, caller: MayAdminister, state: Open) -> RunOut:
    """Asks a run to stop; what it had built aside is discarded."""
    run = await anyio.to_thread.run_sync(_cancel, state, caller.desk, run_id)
    state.runner.look()
    return run_out(run)


def _get(state: State, desk: str, run_id: str) -> Run:
    with state.database.read() as connection:
        return runs.get(connection, desk, run_id)


def _cancel(state: State, desk: str, run_id: str) -> Run:
    with state.database.write() as connection:
        run = runs.request_cancel(connection, desk, run_id)
    uploads.discard_of_ended(state.settings.data_dir, run)
    return run
