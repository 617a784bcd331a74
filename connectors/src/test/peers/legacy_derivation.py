"""A derivation on flow-sdk: how many orders there are by the last digit of their number."""

from flow_sdk import derive, flow


class Derivation(derive.Connector):
    def spec(self, spec):
        anything = {"type": "object"}
        return flow.Spec(configSchema=anything, resourceConfigSchema=anything, documentationUrl="https://example.org")

    def validate(self, validate):
        return {"transforms": [{"readOnly": False} for _ in validate["transforms"]], "generatedFiles": {}}

    def open(self, open):
        self.counts = dict(open["state"])

    def read(self, read, emit):
        digit = str(read["doc"]["id"] % 10)
        self.counts[digit] = self.counts.get(digit, 0) + 1
        emit({"doc": {"digit": digit, "count": self.counts[digit]}})

    def startCommit(self, start_commit):
        return {"state": {"updated": self.counts, "mergePatch": False}}


if __name__ == "__main__":
    Derivation().main()
