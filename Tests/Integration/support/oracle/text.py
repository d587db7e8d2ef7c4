"""Text of numbers and of attribute values."""

import base64
import math
from decimal import Decimal


def runes(raw):
    """The code points of text; a byte that is not UTF-8 is one by itself."""
    return raw.decode("utf-8", "surrogateescape")


def repaired(raw):
    """U+FFFD in place of what is not UTF-8, as a receiver of remote-write takes nothing else."""
    return raw.decode("utf-8", "replace").encode()


def _digits(number):
    """Sign, digits and exponent of the shortest decimal that reads back as the same number."""
    sign, digits, exponent = Decimal(repr(number)).as_tuple()
    text = "".join(map(str, digits))
    shorter = text.rstrip("0") or "0"
    return "-" * sign, shorter, exponent + len(text) - len(shorter)


def plain(number):
    """Without an exponent, however long: the values of `le` and `quantile`."""
    if math.isnan(number):
        return b"NaN"
    if math.isinf(number):
        return b"+Inf" if number > 0 else b"-Inf"
    return _plain(number).encode()


def _plain(number):
    sign, digits, exponent = _digits(number)
    if digits == "0":
        return f"{sign}0"
    if exponent >= 0:
        return sign + digits + "0" * exponent
    digits = digits.rjust(1 - exponent, "0")
    return f"{sign}{digits[:exponent]}.{digits[exponent:]}"


def compact(number):
    """With an exponent from 1e21 on and below 1e-6; not for NaN and infinities."""
    if number == 0 or 1e-6 <= abs(number) < 1e21:
        return _plain(number)
    sign, digits, exponent = _digits(number)
    power = exponent + len(digits) - 1
    fraction = f".{digits[1:]}" if digits[1:] else ""
    return f"{sign}{digits[0]}{fraction}e{'-' if power < 0 else '+'}{abs(power)}"


class NoText(Exception):
    """JSON has no form for a number in an array or a map."""


def attribute(value):
    """The value of an attribute as that of a label; empty where there is to be no label."""
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return repaired(value.string_value)
    if kind == "double_value" and not math.isfinite(value.double_value):
        number = value.double_value
        return b"NaN" if math.isnan(number) else b"Infinity" if number > 0 else b"-Infinity"
    if kind == "bytes_value":
        return base64.b64encode(value.bytes_value)
    if kind in (None, "string_value_strindex"):
        return b""
    try:
        return _json(value).encode()
    except NoText:
        return b""


def _json(value):
    kind = value.WhichOneof("value")
    if kind in (None, "string_value_strindex"):
        return "null"
    held = getattr(value, kind)
    if kind == "string_value":
        return _quoted(held)
    if kind == "bool_value":
        return "true" if held else "false"
    if kind == "int_value":
        return str(held)
    if kind == "double_value":
        if not math.isfinite(held):
            raise NoText
        return compact(held)
    if kind == "bytes_value":
        return f'"{base64.b64encode(held).decode()}"' if held else "null"
    if kind == "array_value":
        return "[" + ",".join(_json(one) for one in held.values) + "]"
    last = {one.key: one.value for one in held.values}
    return "{" + ",".join(f"{_quoted(key)}:{_json(last[key])}" for key in sorted(last)) + "}"


_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _quoted(raw):
    def escaped(character):
        if character in _SHORT:
            return _SHORT[character]
        return f"\\u{ord(character):04x}" if character < " " or character in "\u2028\u2029" else character

    return '"' + "".join(map(escaped, raw.decode("utf-8", "replace"))) + '"'
