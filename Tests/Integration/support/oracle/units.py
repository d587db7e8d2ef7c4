"""Units of UCUM as words of Prometheus."""

import re

from support.oracle.text import runes

_MAIN = {
    "d": "days",
    "h": "hours",
    "min": "minutes",
    "s": "seconds",
    "ms": "milliseconds",
    "us": "microseconds",
    "ns": "nanoseconds",
    "By": "bytes",
    "KiBy": "kibibytes",
    "MiBy": "mebibytes",
    "GiBy": "gibibytes",
    "TiBy": "tibibytes",
    "KBy": "kilobytes",
    "MBy": "megabytes",
    "GBy": "gigabytes",
    "TBy": "terabytes",
    "m": "meters",
    "V": "volts",
    "A": "amperes",
    "J": "joules",
    "W": "watts",
    "g": "grams",
    "Cel": "celsius",
    "Hz": "hertz",
    "%": "percent",
    "1": "",
}
_PER = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "y": "year"}
# Go's unicode.IsSpace, which Python's own idea of white space goes beyond.
_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def parts(unit):
    """The unit before the first slash and the one behind it, as words; "" for one that is left out."""
    main, _, per = runes(unit).partition("/")
    main, per = main.strip(_SPACES), per.strip(_SPACES)
    main = "" if set(main) & set("{}") else _MAIN.get(main, main)
    per = "" if set(per) & set("{}") else _PER.get(per, per)
    return main, f"per_{per}" if per else ""


def clean(word):
    """In the alphabet of metric names."""
    word = re.sub("_+", "_", re.sub("[^A-Za-z0-9:]", "_", word))
    return word.removeprefix("_")


def _joined(main, per):
    both = f"{main}_{per}" if main and per else main or per
    return both.removeprefix("_").removesuffix("_").encode("utf-8", "surrogateescape")


def of_metadata(unit):
    """The unit that the metadata name, the same whatever the strategy."""
    main, per = parts(unit)
    return _joined(clean(main), clean(per))


def of_label(unit, escapes):
    """The value of `__unit__`: the unit of the metadata, translated once more."""
    return of_metadata(of_metadata(unit)) if escapes else _joined(*parts(of_metadata(unit)))
