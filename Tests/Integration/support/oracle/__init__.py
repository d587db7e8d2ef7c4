"""What Prometheus makes of OTLP metrics, told a second time: written from its rules and from no line of the gateway.

`translate` takes the protobuf form of a request and gives the series that must come out. It is slow and plain on
purpose, a rule a function, so that it can be read beside Prometheus's documentation of its OTLP endpoint. Where
Prometheus fails a whole request for one bad point, the point is refused alone.
"""

from support.oracle.settings import STRATEGIES, Settings
from support.oracle.translation import Translation
from support.oracle.wire import ExportMetricsServiceRequest

__all__ = ["STRATEGIES", "Settings", "translate"]


def translate(body, settings=None):
    """The translation of a request in protobuf: the series, their metadata, and how many points are refused."""
    return Translation(ExportMetricsServiceRequest.FromString(body), settings or Settings())
