"""A second opinion on relabelling: Prometheus's actions on a dict of labels, for patterns that RE2 and Python share."""

import hashlib
import re


def apply(rules, labels):
    """The labels after all rules, or None if a rule dropped the series."""
    labels = dict(labels)
    for rule in rules:
        labels = _ACTIONS[rule.get("action", "replace")](rule, labels)
        if labels is None:
            return None
        labels = {n: v for n, v in labels.items() if v}
    return labels


def _source(rule, labels):
    return rule.get("separator", ";").join(labels.get(n, "") for n in rule.get("source_labels", []))


def _match(rule, text):
    return re.fullmatch(rule.get("regex", "(.*)"), text, re.DOTALL)


def _expand(template, match):
    def value(reference):
        number = int(reference[1] or reference[2])
        return (match[number] or "") if number <= match.re.groups else ""

    return re.sub(r"\$(?:(\d+)|\{(\d+)\})", value, template)


def _replace(rule, labels):
    match = _match(rule, _source(rule, labels))
    if match:
        labels[_expand(rule["target_label"], match)] = _expand(rule.get("replacement", "$1"), match)
    return labels


def _hashmod(rule, labels):
    digest = hashlib.md5(_source(rule, labels).encode()).digest()
    labels[rule["target_label"]] = str(int.from_bytes(digest[8:], "big") % rule["modulus"])
    return labels


def _labelmap(rule, labels):
    mapped = dict(labels)
    for name, value in labels.items():
        if match := _match(rule, name):
            mapped[_expand(rule.get("replacement", "$1"), match)] = value
    return mapped


_ACTIONS = {
    "replace": _replace,
    "keep": lambda rule, labels: labels if _match(rule, _source(rule, labels)) else None,
    "drop": lambda rule, labels: None if _match(rule, _source(rule, labels)) else labels,
    "hashmod": _hashmod,
    "labelmap": _labelmap,
    "labeldrop": lambda rule, labels: {n: v for n, v in labels.items() if not _match(rule, n)},
    "labelkeep": lambda rule, labels: {n: v for n, v in labels.items() if _match(rule, n)},
    "lowercase": lambda rule, labels: {**labels, rule["target_label"]: _source(rule, labels).lower()},
    "uppercase": lambda rule, labels: {**labels, rule["target_label"]: _source(rule, labels).upper()},
}
