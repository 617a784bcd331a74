"""A capture on estuary-cdk: a past that comes by pages, changes since then, and a snapshot.

What it captures follows from its configuration alone, so that what arrived can be compared row by row.
"""

import asyncio
from typing import AsyncGenerator

from estuary_cdk.capture import BaseCaptureConnector, Request, Task, common, request, response
from estuary_cdk.capture.common import (
    BaseDocument,
    ConnectorState,
    LogCursor,
    PageCursor,
    Resource,
    ResourceConfig,
    ResourceState,
    SnapshotResource,
    open_binding,
)
from estuary_cdk.flow import CaptureBinding, ConnectorSpec
from estuary_cdk.logger import FlowLogger
from pydantic import BaseModel, Field


class EndpointConfig(BaseModel):
    rows: int = Field(description="How many orders there are", ge=4)
    page: int = Field(default=50, description="Orders of one transaction", ge=1)
    pause: float = Field(default=0.05, description="Seconds between two transactions", ge=0)


class Order(BaseDocument):
    id: int
    text: str
    ratio: float


class Setting(BaseDocument, extra="allow"):
    pass


CaptureRequest = Request[EndpointConfig, ResourceConfig, ConnectorState[ResourceState]]
INTERVAL = "PT1H"
SETTINGS = 7


def order(n: int) -> Order:
    return Order(id=n, text=f"order {n}", ratio=n + 0.5)


def orders(config: EndpointConfig) -> Resource:
    """The first half is the past, and comes by pages; the other half are changes."""
    half = config.rows // 2

    async def past(log, page: PageCursor, cutoff: LogCursor) -> AsyncGenerator[Order | PageCursor, None]:
        first = page or 1
        last = min(first + config.page - 1, half)
        for n in range(first, last + 1):
            yield order(n)
        await asyncio.sleep(config.pause)
        if last < half:
            yield last + 1

    async def changes(log, cursor: LogCursor) -> AsyncGenerator[Order | LogCursor, None]:
        last = min(cursor + config.page, config.rows)
        for n in range(cursor + 1, last + 1):
            yield order(n)
        await asyncio.sleep(config.pause)
        if last > cursor:
            yield last

    def open(binding: CaptureBinding, index: int, state: ResourceState, task: Task, all_bindings) -> None:
        task.sourced_schema(
            index,
            {
                "type": "object",
                "additionalProperties": False,
                "properties": {"id": {"type": "integer"}, "text": {"type": "string", "maxLength": 40}},
            },
        )
        open_binding(binding, index, state, task, fetch_changes=changes, fetch_page=past)

    return Resource(
        name="orders",
        key=["/id"],
        model=Order,
        open=open,
        initial_state=ResourceState(
            inc=ResourceState.Incremental(cursor=half),
            backfill=ResourceState.Backfill(cutoff=half, next_page=None),
        ),
        initial_config=ResourceConfig(name="orders", interval=INTERVAL),
        schema_inference=True,
        # What is durable at the other side is waited for before the next page is fetched.
        requires_explicit_acks=True,
    )


def settings() -> SnapshotResource:
    async def snapshot(log) -> AsyncGenerator[Setting, None]:
        for n in range(SETTINGS):
            yield Setting(name=f"setting {n}", value=n * n)

    def open(binding: CaptureBinding, index: int, state: ResourceState, task: Task, all_bindings) -> None:
        open_binding(binding, index, state, task, fetch_snapshot=snapshot)

    return SnapshotResource(
        name="settings",
        open=open,
        initial_config=ResourceConfig(name="settings", interval=INTERVAL),
        schema_inference=True,
    )


def resources(config: EndpointConfig) -> list[Resource]:
    return [orders(config), settings()]


class Source(BaseCaptureConnector[EndpointConfig, ResourceConfig, ConnectorState[ResourceState]]):
    def request_class(self):
        return CaptureRequest

    async def spec(self, log: FlowLogger, _: request.Spec) -> ConnectorSpec:
        return ConnectorSpec(
            configSchema=EndpointConfig.model_json_schema(),
            resourceConfigSchema=ResourceConfig.model_json_schema(),
            documentationUrl="https://example.org/orders",
            resourcePathPointers=ResourceConfig.PATH_POINTERS,
        )

    async def discover(self, log, discover) -> response.Discovered:
        return common.discovered(resources(discover.config))

    async def validate(self, log, validate) -> response.Validated:
        return common.validated(common.resolve_bindings(validate.bindings, resources(validate.config)))

    async def open(self, log, open):
        resolved = common.resolve_bindings(open.capture.bindings, resources(open.capture.config))
        return common.open(open, resolved)


if __name__ == "__main__":
    asyncio.run(Source().serve())
