"""Edits to small networks, written out: what no library's model has."""

import sys
from collections.abc import Callable
from typing import Any

import torch
from mutation import ROOT, Base, edit, ids, image, named, positional, tensor
from torch import nn
from torch.nn import functional as F  # noqa: N812

sys.path.insert(0, str(ROOT / "examples"))

import small

Tensor = torch.Tensor
ROW = positional(tensor(2, 16))


class Net(nn.Module):
    """Named layers, and a forward pass that edits replace."""

    def __init__(self, run: Callable[..., Any], **layers: nn.Module | nn.Parameter) -> None:
        super().__init__()
        self.run = run
        for name, layer in layers.items():
            setattr(self, name, layer)

    def forward(self, x: Tensor) -> Any:
        return self.run(self, x)


def linear() -> nn.Linear:
    return nn.Linear(16, 16)


# Sequential

CHAIN = Base(
    "chain",
    lambda: nn.Sequential(linear(), nn.LayerNorm(16), nn.ReLU(), nn.Linear(16, 32), nn.Tanh(), nn.Linear(32, 4)),
    ROW,
)


@edit(CHAIN, "+ 1 (Linear): 16→16")
def inserted_at_the_beginning(m: Any) -> None:
    m.insert(1, linear())


@edit(CHAIN, "+ 6 (Softmax): dim 1")
def appended(m: Any) -> None:
    m.append(nn.Softmax(-1))


@edit(CHAIN, "- 0 (Linear): 16→16")
def first_removed(m: Any) -> None:
    del m[0]


@edit(CHAIN, "~ 1 (ReLU): moved here from 2")
def swapped(m: Any) -> None:
    m[1], m[2] = m[2], m[1]


@edit(CHAIN, "~ 0 (LayerNorm): moved here from 1")
def norm_first(m: Any) -> None:
    m[0], m[1] = m[1], m[0]


@edit(CHAIN, "- 1 (LayerNorm): weight, bias 16", "+ 4 (LayerNorm): weight, bias 32")
def removed_and_added(m: Any) -> None:
    del m[1]
    m.insert(4, nn.LayerNorm(32))


@edit(CHAIN, "~ 3 (Linear): out 32 → 24", "~ 5 (Linear): in 32 → 24")
def narrower(m: Any) -> None:
    m[3], m[5] = nn.Linear(16, 24), nn.Linear(24, 4)


@edit(CHAIN, "~ 1 (LayerNorm): eps 1e-05 → 1e-06")
def eps(m: Any) -> None:
    m[1].eps = 1e-6


@edit(CHAIN, "~ 1 (RMSNorm): LayerNorm → RMSNorm")
def rms_norm(m: Any) -> None:
    m[1] = nn.RMSNorm(16)


@edit(CHAIN, "~ 2 (ELU): ReLU → ELU", "~ 4 (Sigmoid): Tanh → Sigmoid")
def two_activations(m: Any) -> None:
    m[2], m[4] = nn.ELU(), nn.Sigmoid()


@edit(CHAIN, "~ 0 (Linear): bias frozen")
def bias_frozen(m: Any) -> None:
    m[0].bias.requires_grad_(False)


@edit(CHAIN, "~ the top: unused parameters 0 → 272")
def layer_without_use(m: Any) -> None:
    m[4].spare = linear()


# Functions


def _functions(m: Any, x: Tensor) -> Tensor:
    return m.out(F.relu(m.a(x)) * 0.5)


FUNCTIONS = Base("functions", lambda: Net(_functions, a=linear(), out=linear()), ROW)


def net(base: Base, run: Callable[..., Any], **layers: nn.Module | nn.Parameter) -> nn.Module:
    """The base with another forward pass, and more layers."""
    m: Any = base.make()
    m.run = run
    for name, layer in layers.items():
        setattr(m, name, layer)
    return m


@edit(FUNCTIONS, "~ the top: relu() → gelu()")
def another_function(m: Any) -> nn.Module:
    return net(FUNCTIONS, lambda m, x: m.out(F.gelu(m.a(x)) * 0.5))


@edit(FUNCTIONS, "~ mul(): × 0.5 → 0.25")
def another_constant(m: Any) -> nn.Module:
    return net(FUNCTIONS, lambda m, x: m.out(F.relu(m.a(x)) * 0.25))


@edit(FUNCTIONS, "- relu()")
def function_removed(m: Any) -> nn.Module:
    return net(FUNCTIONS, lambda m, x: m.out(m.a(x) * 0.5))


@edit(FUNCTIONS, "~ act (ReLU): relu() → ReLU")
def function_to_module(m: Any) -> nn.Module:
    return net(FUNCTIONS, lambda m, x: m.out(m.act(m.a(x)) * 0.5), act=nn.ReLU())


@edit(FUNCTIONS, "+ add(): of mul, x")
def residual_added(m: Any) -> nn.Module:
    return net(FUNCTIONS, lambda m, x: m.out(F.relu(m.a(x)) * 0.5 + x))


@edit(FUNCTIONS, "~ mul(): moved behind a")
def functions_swapped(m: Any) -> nn.Module:  # of two that swap, either may be said to have moved
    return net(FUNCTIONS, lambda m, x: m.out(F.relu(m.a(x) * 0.5)))


@edit(FUNCTIONS, "+ log()")
def function_at_the_end(m: Any) -> nn.Module:
    return net(FUNCTIONS, lambda m, x: torch.log(_functions(m, x)))


SEQUENCE = Base(
    "sequence",
    lambda: Net(lambda m, x: m.head(m.norm(x)[:, 0]), norm=nn.LayerNorm(16), head=linear()),
    positional(tensor(2, 5, 16)),
)


@edit(SEQUENCE, "~ the top: getitem() → mean()")
def mean_instead_of_the_first(m: Any) -> nn.Module:
    return net(SEQUENCE, lambda m, x: m.head(m.norm(x).mean(1)))


@edit(SEQUENCE, "~ getitem(): [:, 0] → [:, -1]")
def last_instead_of_the_first(m: Any) -> nn.Module:
    return net(SEQUENCE, lambda m, x: m.head(m.norm(x)[:, -1]))


@edit(SEQUENCE, "- getitem(): [:, 0]")
def all_instead_of_the_first(m: Any) -> nn.Module:
    return net(SEQUENCE, lambda m, x: m.head(m.norm(x)))


SOFTMAX = Base(
    "softmax",
    lambda: Net(lambda m, x: F.softmax(m.a(x), -1).transpose(1, 2), a=linear()),
    positional(tensor(2, 5, 16)),
)


@edit(SOFTMAX, "~ softmax(): dim 2 → 1")
def another_dim(m: Any) -> nn.Module:
    return net(SOFTMAX, lambda m, x: F.softmax(m.a(x), 1).transpose(1, 2))


# Wiring


def _wired(m: Any, x: Tensor) -> Tensor:
    a = m.a(x)
    b = m.b(a)
    c = m.c(b)
    return m.out(torch.cat([c + a, b], -1))


WIRED = Base("wired", lambda: Net(_wired, a=linear(), b=linear(), c=linear(), out=nn.Linear(32, 4)), ROW)


@edit(WIRED, "~ add(): receives b instead of a")
def residual_from_elsewhere(m: Any) -> nn.Module:
    def run(m: Any, x: Tensor) -> Tensor:
        a = m.a(x)
        b = m.b(a)
        c = m.c(b)
        return m.out(torch.cat([c + b, b], -1))

    return net(WIRED, run)


@edit(WIRED, "~ cat(): receives b, add instead of add, b")
def concatenated_otherwise(m: Any) -> nn.Module:
    def run(m: Any, x: Tensor) -> Tensor:
        a = m.a(x)
        b = m.b(a)
        c = m.c(b)
        return m.out(torch.cat([b, c + a], -1))

    return net(WIRED, run)


@edit(WIRED, "~ c (Linear): receives a instead of b")
def side_by_side_instead_of_in_a_row(m: Any) -> nn.Module:
    def run(m: Any, x: Tensor) -> Tensor:
        a = m.a(x)
        b = m.b(a)
        c = m.c(a)
        return m.out(torch.cat([c + a, b], -1))

    return net(WIRED, run)


@edit(WIRED, "- add(): of c, a")
def no_residual(m: Any) -> nn.Module:
    def run(m: Any, x: Tensor) -> Tensor:
        b = m.b(m.a(x))
        return m.out(torch.cat([m.c(b), b], -1))

    return net(WIRED, run)


@edit(WIRED, "~ cat(): also receives x", "~ out (Linear): in 32 → 48")
def one_more_to_concatenate(m: Any) -> nn.Module:
    def run(m: Any, x: Tensor) -> Tensor:
        a = m.a(x)
        b = m.b(a)
        c = m.c(b)
        return m.out(torch.cat([c + a, b, x], -1))

    return net(WIRED, run, out=nn.Linear(48, 4))


@edit(WIRED, "~ b (Linear): weights shared with a")
def weights_shared(m: Any) -> None:
    m.b.weight, m.b.bias = m.a.weight, m.a.bias


@edit(WIRED, "- b (Linear): 16→16", "+ a (Linear): called once more")
def layer_used_twice(m: Any) -> nn.Module:
    def run(m: Any, x: Tensor) -> Tensor:
        a = m.a(x)
        b = m.a(a)
        c = m.c(b)
        return m.out(torch.cat([c + a, b], -1))

    del m.b
    m.run = run
    return m


# Calls of one module

CALLED = Base(
    "called",
    lambda: Net(lambda m, x: m.out(m.block(m.block(x))), block=nn.Sequential(linear(), nn.ReLU()), out=linear()),
    ROW,
)


@edit(CALLED, "+ block (Sequential): called once more")
def called_once_more(m: Any) -> nn.Module:
    return net(CALLED, lambda m, x: m.out(m.block(m.block(m.block(x)))))


@edit(CALLED, "- block (Sequential): called once less")
def called_once_less(m: Any) -> nn.Module:
    return net(CALLED, lambda m, x: m.out(m.block(x)))


@edit(CALLED, "~ block.1 (GELU): ReLU → GELU")
def changed_in_both_calls(m: Any) -> None:
    m.block[1] = nn.GELU()


SIAMESE = Base("siamese", small.Siamese, positional(tensor(2, 32), tensor(2, 32)))


@edit(SIAMESE, "- encoder (Sequential): called once less", "+ other (Sequential): Linear ×2 · ReLU")
def encoder_of_its_own(m: Any) -> nn.Module:
    def forward(left: Tensor, right: Tensor) -> Tensor:
        return F.cosine_similarity(m.encoder(left), m.other(right))

    m.other = small.Siamese().encoder
    m.forward = forward
    return m


@edit(SIAMESE, "~ encoder.0 (Linear): out 64 → 48", "~ encoder.2 (Linear): in 64 → 48")
def narrower_encoder(m: Any) -> None:
    m.encoder[0], m.encoder[2] = nn.Linear(32, 48), nn.Linear(48, 16)


@edit(SIAMESE, "+ encoder.3 (Tanh)")
def layer_appended_to_the_encoder(m: Any) -> None:
    m.encoder.append(nn.Tanh())


# Recurrent


class Tagger(nn.Module):
    def __init__(self, cell: type = nn.LSTM, hidden: int = 24, **options: Any) -> None:
        super().__init__()
        self.embed = nn.Embedding(100, 32)
        self.lstm = cell(32, hidden, batch_first=True, **options)
        self.tag = nn.Linear(hidden * (2 if options.get("bidirectional") else 1), 12)

    def forward(self, words: Tensor) -> Tensor:
        return self.tag(self.lstm(self.embed(words))[0])


TAGGER = Base("tagger", Tagger, positional(ids(2, 7)))


@edit(TAGGER, "~ lstm (LSTM): layers 1 → 2")
def two_layers(m: Any) -> nn.Module:
    return Tagger(num_layers=2)


@edit(TAGGER, "~ lstm (LSTM): bidirectional False → True", "~ tag (Linear): in 24 → 48")
def bidirectional(m: Any) -> nn.Module:
    return Tagger(bidirectional=True)


@edit(TAGGER, "~ lstm (GRU): LSTM → GRU")
def gru(m: Any) -> nn.Module:
    return Tagger(nn.GRU)


@edit(TAGGER, "~ lstm (LSTM): hidden 24 → 40", "~ tag (Linear): in 24 → 40")
def more_hidden(m: Any) -> nn.Module:
    return Tagger(hidden=40)


@edit(TAGGER, "~ lstm (LSTM): bias removed")
def lstm_without_bias(m: Any) -> nn.Module:
    return Tagger(bias=False)


@edit(TAGGER, "~ words (input): shape 2×7 → batch×7", inputs=positional(ids("batch", 7)), dims={"batch": 2})
def any_batch(m: Any) -> None:
    pass


@edit(TAGGER, "~ embed (Embedding): weight 100×32 → 200×32", "~ tag (Linear): out 12 → 20")
def more_words_and_tags(m: Any) -> None:
    m.embed, m.tag = nn.Embedding(200, 32), nn.Linear(24, 20)


DYNAMIC = Base("tagger of any batch", Tagger, positional(ids("batch", 7)), dims={"batch": 2})


@edit(DYNAMIC, "~ the top: example size of batch 2 → 4", dims={"batch": 4})
def another_example(m: Any) -> None:
    pass


@edit(DYNAMIC, "~ words (input): shape batch×7 → n×7", inputs=positional(ids("n", 7)), dims={"n": 2})
def dimension_renamed(m: Any) -> None:
    pass


# U-Net

UNET = Base("unet", lambda: small.UNet(8), image(16))


def unet(forward: Callable[..., Tensor], **layers: nn.Module) -> nn.Module:
    m: Any = small.UNet(8)
    for name, layer in layers.items():
        setattr(m, name, layer)
    m.forward = lambda image: forward(m, image)
    return m


def _without_first_skip(m: Any, image: Tensor) -> Tensor:
    first = m.down1(image)
    second = m.down2(m.pool(first))
    x = m.bottom(m.pool(second))
    x = m.merge2(torch.cat([m.up2(x), second], 1))
    return m.head(m.merge1(m.up1(x)))


@edit(UNET, "- cat()#2: of up1, down1.2", "~ merge1.0 (Conv2d): in 16 → 8")
def skip_removed(m: Any) -> nn.Module:
    return unet(_without_first_skip, merge1=small.Block(8, 8))


def _other_order(m: Any, image: Tensor) -> Tensor:
    first = m.down1(image)
    second = m.down2(m.pool(first))
    x = m.bottom(m.pool(second))
    x = m.merge2(torch.cat([second, m.up2(x)], 1))
    return m.head(m.merge1(torch.cat([m.up1(x), first], 1)))


@edit(UNET, "~ cat(): receives down2.2, up2 instead of up2, down2.2")
def one_skip_in_another_order(m: Any) -> nn.Module:
    return unet(_other_order)


@edit(UNET, "~ up{1,2} (Sequential ×2): ConvTranspose2d → Sequential, Upsample · Conv2d")
def upsampling_instead_of_transposed(m: Any) -> None:
    m.up2 = nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(32, 16, 1))
    m.up1 = nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(16, 8, 1))


@edit(UNET, "~ up{1,2} (ConvTranspose2d ×2): kernel 2 → 4, pad 0 → 1")
def larger_transposed_kernels(m: Any) -> None:
    m.up2 = nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1)
    m.up1 = nn.ConvTranspose2d(16, 8, 4, stride=2, padding=1)


class Separable(nn.Sequential):
    def __init__(self, old: nn.Conv2d) -> None:
        width = old.in_channels
        super().__init__(nn.Conv2d(width, width, 3, padding=1, groups=width), nn.Conv2d(width, old.out_channels, 1))


@edit(UNET, "~ {down{1,2},bottom,merge{1,2}}.0 (Separable ×5): Conv2d → Separable, Conv2d ×2")
def separable_convolutions(m: Any) -> None:
    for block in (m.down1, m.down2, m.bottom, m.merge2, m.merge1):
        block[0] = Separable(block[0])


# Inputs and outputs

HEADS = Base(
    "heads", small.Heads, named(batch={"kind": "mapping", "items": {"visual": tensor(2, 8), "text": tensor(2, 16)}})
)


@edit(
    HEADS, "- drop (Dropout): p 0.2", "- scores (Linear): 32→10", "- softmax(): dim 1", "- scores (output): 2×10 f32"
)
def output_removed(m: Any) -> nn.Module:
    model: Any = _heads(lambda m, x: {"boxes": m.boxes(x)})
    del model.scores
    return model


@edit(HEADS, "- drop (Dropout): p 0.2", "+ masks (Linear): 32→6", "+ masks (output): 2×6 f32")
def output_added(m: Any) -> nn.Module:
    return _heads(
        lambda m, x: {"boxes": m.boxes(x), "scores": m.scores(x).softmax(-1), "masks": m.masks(x)},
        masks=nn.Linear(32, 6),
    )


@edit(HEADS, "- drop (Dropout): p 0.2", "~ corners (output): was boxes")
def output_renamed(m: Any) -> nn.Module:
    return _heads(lambda m, x: {"corners": m.boxes(x), "scores": m.scores(x).softmax(-1)})


def _heads(give: Callable[..., Any], **layers: nn.Module) -> nn.Module:
    def forward(batch: dict[str, Tensor]) -> Any:
        return give(m, torch.relu(m.mix(torch.cat([batch["visual"], batch["text"]], -1))))

    m: Any = small.Heads()
    m.forward = forward
    for name, layer in layers.items():
        setattr(m, name, layer)
    return m


THREE = named(
    batch={"kind": "mapping", "items": {"visual": tensor(2, 8), "text": tensor(2, 16), "sound": tensor(2, 4)}}
)


@edit(HEADS, "+ batch.sound (input): 2×4 f32", "~ mix (Linear): in 24 → 28", "- drop (Dropout): p 0.2", inputs=THREE)
def input_added(m: Any) -> nn.Module:
    def forward(batch: dict[str, Tensor]) -> Any:
        x = torch.relu(m.mix(torch.cat([batch["visual"], batch["text"], batch["sound"]], -1)))
        return small.Detected(m.boxes(x), m.scores(x).softmax(-1), 10)

    m.mix = nn.Linear(28, 32)
    m.forward = forward
    return m


# Blocks


class Block(nn.Module):
    def __init__(self, run: Callable[[Any, Tensor], Tensor], **layers: nn.Module) -> None:
        super().__init__()
        self.run = run
        self.fc1, self.fc2 = nn.Linear(16, 32), nn.Linear(32, 16)
        for name, layer in layers.items():
            setattr(self, name, layer)

    def forward(self, x: Tensor) -> Tensor:
        return self.run(self, x)


def _feed(m: Any, x: Tensor) -> Tensor:
    return x + m.fc2(F.relu(m.fc1(x)))


def stack(
    run: Callable[[Any, Tensor], Tensor] = _feed, count: int = 24, **layers: Callable[[], nn.Module]
) -> nn.Module:
    def block() -> nn.Module:
        return Block(run, **{name: make() for name, make in layers.items()})

    return Net(
        lambda m, x: m.head(m.body(m.stem(x))),
        stem=linear(),
        body=nn.Sequential(*(block() for _ in range(count))),
        head=linear(),
    )


STACK = Base("stack", stack, ROW)


@edit(STACK, "~ body.{0…23} (Block ×24): relu() → gelu()")
def function_in_all_blocks(m: Any) -> nn.Module:
    return stack(lambda m, x: x + m.fc2(F.gelu(m.fc1(x))))


@edit(STACK, "~ body.7 (Block): relu() → gelu()")
def function_in_one_block(m: Any) -> None:
    m.body[7].run = lambda m, x: x + m.fc2(F.gelu(m.fc1(x)))


@edit(STACK, "- body.{0…23}.add() (×24): of input, fc2")
def no_residual_in_all_blocks(m: Any) -> nn.Module:
    return stack(lambda m, x: m.fc2(F.relu(m.fc1(x))))


@edit(STACK, "+ body.{0…23}.norm (LayerNorm ×24): weight, bias 16")
def norm_in_all_blocks(m: Any) -> nn.Module:
    return stack(lambda m, x: x + m.fc2(F.relu(m.fc1(m.norm(x)))), norm=lambda: nn.LayerNorm(16))


@edit(
    STACK,
    "+ body.{0…23}.norm (LayerNorm ×24): weight, bias 16",
    "~ body.{0…23} (Block ×24): relu() → silu()",
    "+ body.{0…23}.mul() (×24): of fc2, gate",
    "+ body.{0…23}.gate (Linear ×24): 16→16",
)
def body_rewritten(m: Any) -> nn.Module:
    return stack(
        lambda m, x: x + m.fc2(F.silu(m.fc1(m.norm(x)))) * m.gate(x), norm=lambda: nn.LayerNorm(16), gate=linear
    )


@edit(
    STACK,
    "~ body.{0…23}.up (Linear ×24): was body.{0…23}.fc1",
    "~ body.{0…23}.down (Linear ×24): was body.{0…23}.fc2",
)
def layers_of_blocks_renamed(m: Any) -> None:
    for block in m.body:
        block.up, block.down = block.fc1, block.fc2
        del block.fc1, block.fc2
        block.run = lambda m, x: x + m.down(F.relu(m.up(x)))


@edit(STACK, "~ trunk (Sequential): was body")
def container_renamed(m: Any) -> None:
    m.trunk = m.body
    del m.body
    m.run = lambda m, x: m.head(m.trunk(m.stem(x)))


@edit(STACK, "~ trunk (Sequential): was body", "~ trunk.3.fc1 (Linear): bias removed")
def container_renamed_and_a_layer_changed(m: Any) -> None:
    container_renamed(m)
    m.trunk[3].fc1 = nn.Linear(16, 32, bias=False)


@edit(STACK, "~ tail (Sequential): 20, 21, 22 and 23 moved here from body")
def blocks_moved_to_another_container(m: Any) -> None:
    m.tail = nn.Sequential(*m.body[20:])
    m.body = m.body[:20]
    m.run = lambda m, x: m.head(m.tail(m.body(m.stem(x))))


@edit(STACK, "- body.23 (Block): Linear ×2 · relu · add")
def one_equal_block_less(m: Any) -> None:
    del m.body[5]


@edit(STACK, "+ body.10 (Linear): 16→16")
def layer_between_blocks(m: Any) -> None:
    m.body.insert(10, linear())


@edit(
    STACK,
    "~ stem (Linear): bias removed",
    "~ body.12 (Block): relu() → tanh()",
    "+ norm (LayerNorm): weight, bias 16",
)
def three_edits(m: Any) -> None:
    m.stem = nn.Linear(16, 16, bias=False)
    m.body[12].run = lambda m, x: x + m.fc2(torch.tanh(m.fc1(x)))
    m.norm = nn.LayerNorm(16)
    m.run = lambda m, x: m.head(m.norm(m.body(m.stem(x))))


@edit(STACK, "~ body (Sequential): all weights frozen")
def body_frozen(m: Any) -> None:
    m.body.requires_grad_(False)


FROZEN = Base("frozen stack", lambda: stack().requires_grad_(False), ROW)


@edit(FROZEN, "~ the top: all weights no longer frozen")
def thawed(m: Any) -> None:
    m.requires_grad_(True)


@edit(FROZEN, "~ head (Linear): no longer frozen")
def head_thawed(m: Any) -> None:
    m.head.requires_grad_(True)


# Convolutions

CONVS = Base(
    "convs",
    lambda: nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 8, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 8, 3, padding=1),
    ),
    image(16),
)


@edit(CONVS, "~ 2 (Conv2d): groups 1 → 4")
def groups(m: Any) -> None:
    m[2] = nn.Conv2d(8, 8, 3, padding=1, groups=4)


@edit(CONVS, "~ 2 (Conv2d): pad 1 → 2, dilation 1 → 2")
def dilation(m: Any) -> None:
    m[2] = nn.Conv2d(8, 8, 3, padding=2, dilation=2)


@edit(CONVS, "~ 0 (Conv2d): pad 1 → 0, output 1×8×16×16 → 1×8×14×14")
def padding(m: Any) -> None:
    m[0] = nn.Conv2d(3, 8, 3)


@edit(CONVS, "~ 2 (Conv2d): kernel 3 → 1×3, pad 1 → 0×1")
def kernel_that_is_no_square(m: Any) -> None:
    m[2] = nn.Conv2d(8, 8, (1, 3), padding=(0, 1))


@edit(CONVS, "~ 0 (Conv2d): out 8 → 12", "~ 2 (Conv2d): in 8 → 12")
def channels(m: Any) -> None:
    m[0], m[2] = nn.Conv2d(3, 12, 3, padding=1), nn.Conv2d(12, 8, 3, padding=1)


@edit(CONVS, "~ {0,2,4} (Conv2d ×3): bias removed")
def no_bias_anywhere(m: Any) -> None:
    for index in (0, 2, 4):
        m[index].bias = None


# Control flow


def _branches(m: Any, x: Tensor) -> Tensor:
    return m.out(torch.cond(x.sum() > 0, lambda x: torch.relu(x), lambda x: torch.tanh(x), (x,)))


CONTROL = Base("control flow", lambda: Net(_branches, out=linear()), ROW)


@edit(CONTROL, "~ cond/true: relu() → sigmoid()")
def another_branch(m: Any) -> None:
    m.run = lambda m, x: m.out(torch.cond(x.sum() > 0, lambda x: torch.sigmoid(x), lambda x: torch.tanh(x), (x,)))


GROUPED = Base("grouped", lambda: nn.Sequential(nn.Conv2d(3, 8, 3), nn.GroupNorm(4, 8)), image(16))


@edit(GROUPED, "~ 1 (GroupNorm): groups 4 → 2")
def fewer_groups(m: Any) -> None:
    m[1] = nn.GroupNorm(2, 8)
