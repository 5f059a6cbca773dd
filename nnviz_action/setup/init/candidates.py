"""Which classes of a repository are models of their own: not parts of others, no losses, nothing abstract."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from nnviz_action.setup.init.index import Index
from nnviz_action.setup.init.modules import Class, External, Function, Module
from nnviz_action.setup.init.uses import Kind, Use

_PART = re.compile(
    r"(block|layer|transpose\d?d?|conv\d?d?|norm\d?d?|attention|attn|head|embed(ding)?s?|pool(ing)?\d?d?|activation|dropout|drop_?path"
    r"|mlp|feed_?forward|ffn|residual|stem|bottleneck|cell|unit|gate|gating|linear|(up|down)_?sampl(e|er|ing)|encoding"
    r"|projection|projector|neck|identity|flatten|stage|module|basic\w*|wrapper|adapter|relu|gelu|swish|silu|mish|scale"
    r"|shuffle|augment\w*|transform|rescale|lambda|concat|add|sum|mean|mask\w*|pos\w*emb\w*|rotary\w*|quantizer|router"
    r"|extractor|post_?process\w*|recorder|sampler|scheduler|ema|trainer|hook|tokenizer|processor|fn|func|op)(v?\d)?\Z",
    re.I,
)
_MODEL = re.compile(
    r"net|model|former|vit|gan|gpt|bert|lstm|rnn|cnn|mlp\Z|vae|autoencoder|classif|segment|detect", re.I
)
_LOSS = re.compile(r"(loss|criterion|metric|score|distance)(es|s)?\d?d?\Z", re.I)
ENOUGH_LAYERS = 3
_ABSTRACT = re.compile(r"(\A_|\A(base|abstract)|(base|mixin|interface|abc)\Z)", re.I)
_LEFT_OUT = frozenset({"loss", "losses", "metrics", "criterions", "optim", "optimizers", "augmentation"})


@dataclass(frozen=True)
class Candidate:
    """A class worth a diagram: what makes instances of it, and how it is used."""

    made: Class
    score: int
    uses: Sequence[Use]
    factories: Sequence[Function]


def find_candidates(
    index: Index, uses: Mapping[Class, Sequence[Use]], factories: Mapping[Class, Sequence[Function]]
) -> list[Candidate]:
    """The models, those that matter most to the repository first."""
    parts, bases = _parts(index), _bases(index)
    exported = _exported(index)
    found = []
    for class_ in index.classes():
        if index.is_module(class_) and not _is_left_out(index, class_):
            own = uses.get(class_, ())
            made_by = factories.get(class_, ())
            part = class_ in parts and not made_by
            score = _score(class_, own, made_by, part, class_ in bases, class_ in exported) + _is_large(index, class_)
            found.append(Candidate(class_, score, own, made_by))
    chosen = [c for c in found if c.score > 0] or [c for c in found if c.score == 0]
    return sorted(chosen, key=lambda c: -c.score)


def _score(
    class_: Class, uses: Sequence[Use], factories: Sequence[Function], part: bool, base: bool, exported: bool
) -> int:
    shown = any(use.inputs is not None and use.kind in (Kind.TEXT, Kind.SCRIPT, Kind.DOCSTRING) for use in uses)
    tested = any(use.inputs is not None and use.kind is Kind.TEST for use in uses)
    built = any(use.kind is not Kind.DOCSTRING for use in uses)
    score = 3 * shown + 2 * tested + built + 3 * bool(factories) + exported
    score += bool(_MODEL.search(class_.name))
    score -= 4 * bool(_PART.search(class_.name)) + (1 if shown else 4) * part
    score += min(len(uses) // 4, 2)
    score -= 3 * (base and not (uses or factories)) + 4 * bool(_ABSTRACT.search(class_.name))
    return score


def _is_large(index: Index, class_: Class) -> bool:
    """Whether it is built of several layers."""
    calls = [node.func for m in class_.methods.values() for node in ast.walk(m.node) if isinstance(node, ast.Call)]
    found = (index.named(class_.module, c) for c in calls if isinstance(c, (ast.Name, ast.Attribute)))
    return sum(_is_layer(index, f) for f in found) >= ENOUGH_LAYERS


def _is_layer(index: Index, found: object) -> bool:
    if isinstance(found, External):
        return found.name.startswith("torch.nn.") and found.name.rpartition(".")[2][:1].isupper()
    return isinstance(found, Class) and index.is_module(found)


def _is_left_out(index: Index, class_: Class) -> bool:
    folders = {part.removesuffix(".py") for part in PurePosixPath(class_.module.path).parts}
    if _LOSS.search(class_.name) or folders & _LEFT_OUT:
        return True
    if any(name.endswith(("_Loss", "ABC", "Function")) for name in index.external_bases(class_)):
        return True
    forward = index.method(class_, "forward")
    if forward is None:
        return not any(_runs_alone(name) for name in index.external_bases(class_))
    return _is_empty(forward) or any(_is_abstract(method) for method in class_.methods.values())


def _runs_alone(base: str) -> bool:
    """A class of a library that can be called as it is."""
    last = base.rpartition(".")[2]
    return last not in ("Module", "LightningModule", "PreTrainedModel", "ModuleList", "ModuleDict", "object")


def _is_empty(forward: Function) -> bool:
    body = getattr(forward.node, "body", [])
    real = [s for s in body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    return all(isinstance(s, (ast.Pass, ast.Raise)) for s in real)


def _is_abstract(method: Function) -> bool:
    return any(ast.unparse(mark).endswith("abstractmethod") for mark in getattr(method.node, "decorator_list", ()))


def _parts(index: Index) -> set[Class]:
    """Classes that others build in themselves, or are handed as building blocks."""
    found: set[Class] = set()
    for module in index.modules:
        if module.is_test:
            continue
        for owner, node in _nodes(module):
            inside = isinstance(owner, Class) and index.is_module(owner)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") not in ("isinstance", "issubclass"):
                mentioned = [node.func] if inside else []
                mentioned += [*node.args, *(k.value for k in node.keywords)]
                classes = (index.named(module, m) for m in mentioned if isinstance(m, (ast.Name, ast.Attribute)))
                found.update(c for c in classes if isinstance(c, Class) and c is not owner)
    return found


def _nodes(module: Module) -> Iterator[tuple[object, ast.AST]]:
    for statement in module.tree.body:
        owner = module.names.get(getattr(statement, "name", ""))
        for node in ast.walk(statement):
            yield owner, node


def _bases(index: Index) -> set[Class]:
    return {base for class_ in index.classes() for base in index.bases(class_) if isinstance(base, Class)}


def _exported(index: Index) -> set[Class]:
    """What a package's `__init__` brings into its name."""
    found: Counter[Class] = Counter()
    for module in index.modules:
        if module.path.endswith("__init__.py") and not module.is_test:
            names = (index.lookup(module, name)[0] for name in module.names)
            found.update(c for c in names if isinstance(c, Class))
    return set(found)
