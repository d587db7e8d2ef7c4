"""The settings of Prometheus's OTLP endpoint, with its defaults."""

from dataclasses import dataclass

STRATEGIES = (
    "UnderscoreEscapingWithSuffixes",
    "UnderscoreEscapingWithoutSuffixes",
    "NoUTF8EscapingWithSuffixes",
    "NoTranslation",
)


@dataclass(frozen=True)
class Settings:
    strategy: str = STRATEGIES[0]
    namespace: bytes = b""
    label_name_underscore_sanitization: bool = True
    label_name_preserve_multiple_underscores: bool = True
    promote_resource_attributes: tuple = ()
    promote_all_resource_attributes: bool = False
    ignore_resource_attributes: tuple = ()
    keep_identifying_resource_attributes: bool = False
    promote_scope_metadata: bool = False
    type_and_unit_labels: bool = False
    convert_histograms_to_nhcb: bool = False
    target_info: bool = True
    lookback_seconds: int = 300
    # Not of Prometheus's section: whether samples carry the starts of their points, which 2.0 has a field for.
    start_timestamps: bool = False

    @property
    def escapes(self):
        """Whether names come out in the classic alphabet."""
        return self.strategy.startswith("Underscore")

    @property
    def adds_suffixes(self):
        return self.strategy.endswith("WithSuffixes")

    def promotes(self, key):
        if self.promote_all_resource_attributes:
            return key not in self.ignore_resource_attributes
        return key in self.promote_resource_attributes
