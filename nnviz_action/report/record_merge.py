"""The records of all shards → the record of the one run that they stand for."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from nnviz_action.errors import ConfigError
from nnviz_action.report.record import Model, Record, Share

SAME = ("config", "base_commit", "head_commit", "base", "head")  # in all shards of one run
_AGAIN = "run all shards again on one commit"


def merged(records: Mapping[str, Record]) -> Record:
    """One record of many, by the name of its file. Raises `ConfigError` unless they are all shards of one run."""
    shares = {name: _share(name, record) for name, record in records.items()}
    _check_same(records, shares)
    _check_shards(shares)
    first = next(iter(records.values()))
    order = next(iter(shares.values())).order
    # By number, so that the order in which the files are named does not matter.
    parts = sorted(records, key=lambda name: shares[name].number)
    models = _with_renamed(in_order([model for name in parts for model in records[name].models], order))
    _check_models(models, order)
    return _whole(first, models, [records[name] for name in parts])


def in_order(models: Iterable[Model], order: Sequence[str]) -> list[Model]:
    """As in the config; what it does not have comes last."""
    places = {name: index for index, name in enumerate(order)}
    last = len(places)
    return sorted(models, key=lambda m: last if m.status == "orphan" else places.get(m.model, last))


def _with_renamed(models: Sequence[Model]) -> list[Model]:
    """As one run tells it: what went in one shard and came in another, with the same graph, was renamed.

    What is left over of such a model is an orphan and nothing else, and stands last.
    """
    gone = {m.digests["forward"]: m for m in models if m.state == "removed" and m.digests.get("forward")}
    fresh = {m.model: m.digests.get("forward", "") for m in models if m.state == "added"}
    was = {name: gone.pop(digest) for name, digest in fresh.items() if digest in gone}
    old = {id(model) for model in was.values()}
    kept = [_renamed(m, was[m.model]) if m.model in was else m for m in models if id(m) not in old]
    orphans = [Model(model=m.model, status=m.status, reasons=m.reasons) for m in models if id(m) in old and m.status]
    return [model.model_copy(update={"digests": {}}) for model in (*kept, *orphans)]


def _renamed(model: Model, was: Model) -> Model:
    return model.model_copy(
        update={
            "state": "renamed",
            "headline": f"renamed, was {was.model}",
            "autograd": model.digests.get("autograd") != was.digests.get("autograd"),
            "before": {},
            "after": {},
            "was_folder": was.was_folder,
            "was_pictures": was.was_pictures,
        }
    )


def _whole(first: Record, models: list[Model], parts: list[Record]) -> Record:
    notes = list(dict.fromkeys(note for part in parts for note in part.notes))
    galleries = [gallery for part in parts for gallery in part.galleries]
    update: dict[str, object] = {name: any(getattr(part, name) for part in parts) for name in ("failing", "forced")}
    update |= {"notes": notes, "models": models, "part": None, "galleries": galleries}
    return first.model_copy(update=update)


def _share(name: str, record: Record) -> Share:
    if record.part is None:
        raise ConfigError(f"{name} is of a whole run, not of a shard", hint="there is nothing to merge it with")
    return record.part


def _check_same(records: Mapping[str, Record], shares: Mapping[str, Share]) -> None:
    name, *others = records
    for other in others:
        here, there = records[name], records[other]
        what = [field for field in SAME if getattr(here, field) != getattr(there, field)]
        what += [f for f in ("count", "order", "full") if getattr(shares[name], f) != getattr(shares[other], f)]
        if what:
            told = ", ".join(_DIFFERS.get(field, field) for field in what[:1])
            raise ConfigError(f"{name} and {other} are not of one run: {told}", hint=_AGAIN)


_DIFFERS = {
    "config": "they are of different configs",
    "base_commit": "they compare with different commits",
    "head_commit": "they are of different commits",
    "base": "they compare with different commits",
    "head": "they are of different commits",
    "count": "they divide the models into different numbers of shards",
    "order": "they have different models",
    "full": "only one of them is of  --full",
}


def _check_shards(shares: Mapping[str, Share]) -> None:
    count = next(iter(shares.values())).count
    for number in range(1, count + 1):
        files = [name for name, share in shares.items() if share.number == number]
        if len(files) > 1:
            raise ConfigError(f"{' and '.join(files)} are both of shard {number}/{count}", hint="name each once")
    missing = sorted(set(range(1, count + 1)) - {share.number for share in shares.values()})
    if missing:
        listed = ", ".join(f"{number}/{count}" for number in missing)
        raise ConfigError(f"there is no report of shard {listed}", hint="did its job fail before it wrote one?")


def _check_models(models: Sequence[Model], order: Sequence[str]) -> None:
    times = Counter(model.model for model in models if model.status not in ("", "orphan"))
    wrong = [name for name in order if times[name] != 1]
    if wrong:
        what = "no shard" if not times[wrong[0]] else "two shards"
        why = "the shards did not begin with the same files"
        raise ConfigError(f"model {wrong[0]!r} is in {what}: {why}", hint=_AGAIN)
