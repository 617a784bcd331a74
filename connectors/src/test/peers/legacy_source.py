"""A capture on flow-sdk: numbered readings, which wants to be told what is durable.

What it captures follows from its configuration alone, so that what arrived can be compared row by row.
"""

import time

from flow_sdk import ValidateError, capture, flow

BATCH = 25


class Source(capture.Connector):
    def __init__(self):
        super().__init__()
        self.durable = 0

    def spec(self, spec):
        return flow.Spec(
            configSchema={
                "type": "object",
                "properties": {"rows": {"type": "integer"}, "pause": {"type": "number"}},
                "required": ["rows"],
            },
            resourceConfigSchema={
                "type": "object",
                "properties": {"name": {"type": "string"}},
                "required": ["name"],
            },
            documentationUrl="https://example.org/readings",
            resourcePathPointers=["/name"],
        )

    def discover(self, discover):
        schema = {
            "type": "object",
            "properties": {"id": {"type": "integer"}, "text": {"type": "string"}},
            "required": ["id"],
        }
        return {
            "bindings": [
                {
                    "recommendedName": "readings",
                    "resourceConfig": {"name": "readings"},
                    "documentSchema": schema,
                    "key": ["/id"],
                }
            ]
        }

    def validate(self, validate):
        if validate["config"]["rows"] < 1:
            raise ValidateError("rows must be at least 1")
        for binding in validate["bindings"]:
            assert binding["collection"]["writeSchema"] and binding["collection"]["key"]
        return {"bindings": [{"resourcePath": [b["resourceConfig"]["name"]]} for b in validate["bindings"]]}

    def open(self, open, emit):
        spec, state = open["capture"], open["state"]
        emit(capture.Response(opened={"explicitAcknowledgements": True}))
        done = {b["stateKey"]: state.get("bindingStateV1", {}).get(b["stateKey"], 0) for b in spec["bindings"]}
        for index, binding in enumerate(spec["bindings"]):
            key = binding["stateKey"]
            while done[key] < spec["config"]["rows"]:
                last = min(done[key] + BATCH, spec["config"]["rows"])
                for n in range(done[key] + 1, last + 1):
                    emit(capture.Response(captured={"binding": index, "doc": {"id": n, "text": f"reading {n}"}}))
                done[key] = last
                # As the shims of this library do: the whole state, every time.
                emit(capture.Response(checkpoint={"state": {"updated": {"bindingStateV1": done}, "mergePatch": False}}))
                time.sleep(spec["config"].get("pause", 0.05))

    def acknowledge(self, acknowledge):
        self.durable += acknowledge["checkpoints"]


if __name__ == "__main__":
    Source().main()
