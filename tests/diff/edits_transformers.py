"""Edits to models of transformers."""

from typing import Any

import edits_torchvision  # noqa: F401  (transformers imports torchvision where it is there)
import torch
import transformers as hf
from mutation import Base, edit, ids, image, named
from torch import nn

hf.logging.set_verbosity_error()
IDS = named(input_ids=ids(1, 16))
SMALL = {
    "hidden_size": 64,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 128,
    "vocab_size": 500,
}


def bert(model: type = hf.BertModel, **options: Any) -> nn.Module:
    more = {k: options.pop(k) for k in ("add_pooling_layer",) if k in options}
    return model(hf.BertConfig(**{**SMALL, **options}), **more)


BERT = Base("bert", bert, IDS)
LAYER = "Linear ×6 · view ×4 · transpose ×4 · add ×2 · 3 more"


@edit(BERT, "+ encoder.layer.{3,4} (BertLayer ×2): Linear ×6 · Dropout ×2 · add ×2 · LayerNorm ×2 · 4 more")
def more_layers(m: Any) -> nn.Module:
    return bert(num_hidden_layers=5)


@edit(BERT, "~ encoder.layer.{0…2}.intermediate.intermediate_act_fn (ReLU ×3): GELUActivation → ReLU")
def another_activation(m: Any) -> nn.Module:
    return bert(hidden_act="relu")


@edit(BERT, "~ embeddings.word_embeddings (Embedding): weight 500×64 → 1000×64")
def more_words(m: Any) -> nn.Module:
    return bert(vocab_size=1000)


@edit(
    BERT,
    "~ embeddings.position_embeddings (Embedding): weight 512×64 → 256×64",
    "~ embeddings: buffer position_ids arange(512) → arange(256)",
)
def fewer_positions(m: Any) -> nn.Module:
    return bert(max_position_embeddings=256)


@edit(BERT, "- pooler (BertPooler): Linear · Tanh · [:, 0]", "- pooler_output (output): 1×64 f32")
def no_pooler(m: Any) -> nn.Module:
    return bert(add_pooling_layer=False)


@edit(
    BERT,
    "- last_hidden_state (output): 1×16×64 f32",
    "- pooler_output (output): 1×64 f32",
    "~ bert (BertModel): put around embeddings, encoder and pooler",
    "+ classifier (Linear): 64→2, with dropout (Dropout: p 0.1)",
    "+ logits (output): 1×2 f32",
)
def classification(m: Any) -> nn.Module:
    return bert(hf.BertForSequenceClassification)


@edit(
    BERT,
    "~ encoder.layer.{0…2}.attention.self (BertSelfAttention ×3): scaled_dot_product_attention() → permute(), matmul(), mul(), softmax(), matmul()",
)
def attention_written_out(m: Any) -> nn.Module:
    return bert(attn_implementation="eager")


@edit(
    BERT,
    "+ token_type_ids (input): 1×16 i64",
    "- embeddings.gather(): dim 1",  # of the types that the model has in a buffer for want of given ones
    inputs=named(input_ids=ids(1, 16), token_type_ids=ids(1, 16)),
)
def token_types_given(m: Any) -> None:
    pass


@edit(
    BERT,
    "~ input_ids (input): shape 1×16 → batch×length",
    "~ embeddings.getitem(): output 1×16 → 1×length",
    "+ embeddings.expand()",
    inputs=named(input_ids=ids("batch", "length")),
    dims={"batch": 2, "length": 16},
)
def any_batch_and_length(m: Any) -> None:
    pass


@edit(
    BERT,
    "~ embeddings.dropout, encoder.layer.{0…2}.attention.output.dropout, encoder.layer.{0…2}.output.dropout (Dropout ×7): p 0.1 → 0",
)
def attention_dropout_in_eval_mode(m: Any) -> nn.Module:
    return bert(attention_probs_dropout_prob=0.3, hidden_dropout_prob=0.0)


@edit(BERT, "~ encoder.layer.1.attention.output.LayerNorm (LayerNorm): eps 1e-12 → 1e-05")
def eps_in_one_layer(m: Any) -> None:
    m.encoder.layer[1].attention.output.LayerNorm.eps = 1e-5


@edit(
    BERT,
    "- encoder.layer.{0…2}.attention.output.dropout (Dropout ×3): p 0.1",
    "- encoder.layer.{0…2}.attention.output.add() (×3): of dropout, input",
    "- encoder.layer.{0…2}.attention.output.LayerNorm (LayerNorm ×3): eps 1e-12",
)
def no_residual_around_attention(m: Any) -> None:
    for layer in m.encoder.layer:
        dense = layer.attention.output.dense
        layer.attention.output.forward = lambda states, _, dense=dense: dense(states)
        del layer.attention.output.LayerNorm


@edit(BERT, "~ the top: all weights frozen but those of pooler")
def only_the_pooler_is_trained(m: Any) -> None:
    m.requires_grad_(False)
    m.pooler.requires_grad_(True)


def gpt2(**options: Any) -> nn.Module:
    sizes = {"n_embd": 64, "n_layer": 3, "n_head": 4, "vocab_size": 500, "n_positions": 128, "use_cache": False}
    return hf.GPT2LMHeadModel(hf.GPT2Config(**{**sizes, "bos_token_id": 0, "eos_token_id": 0, **options}))


GPT2 = Base("gpt2", gpt2, IDS)


@edit(GPT2, "~ transformer.h.{0…2}.mlp.act (ReLU ×3): NewGELUActivation → ReLU")
def another_activation_(m: Any) -> nn.Module:
    return gpt2(activation_function="relu")


@edit(
    GPT2,
    "~ transformer.h.{0…2}.mlp.c_fc (Conv1D ×3): out 256 → 128",
    "~ transformer.h.{0…2}.mlp.c_proj (Conv1D ×3): in 256 → 128",
)
def narrower_mlp(m: Any) -> nn.Module:
    return gpt2(n_inner=128)


@edit(GPT2, "~ lm_head (Linear): weights no longer shared with transformer.wte")
def untied(m: Any) -> nn.Module:
    return gpt2(tie_word_embeddings=False)


@edit(GPT2, "~ transformer.wpe (Embedding): weight 128×64 → 256×64")
def more_positions(m: Any) -> nn.Module:
    return gpt2(n_positions=256)


@edit(GPT2, "~ transformer.h.{0…2}.attn.scaled_dot_product_attention() (×3): heads 4 → 8")
def more_heads(m: Any) -> nn.Module:
    return gpt2(n_head=8)


def llama(**options: Any) -> nn.Module:
    return hf.LlamaForCausalLM(hf.LlamaConfig(**{**SMALL, "num_key_value_heads": 2, "use_cache": False, **options}))


LLAMA = Base("llama", llama, IDS)


@edit(LLAMA, "~ model.layers.{0…2}.mlp.act_fn (GELUActivation ×3): SiLUActivation → GELUActivation")
def another_activation__(m: Any) -> nn.Module:
    return llama(hidden_act="gelu")


@edit(
    LLAMA,
    "~ model.layers.{0…2}.{input_layernorm,post_attention_layernorm}, model.norm (LlamaRMSNorm ×7): + 1e-06 → 1e-05",
)
def eps(m: Any) -> nn.Module:
    return llama(rms_norm_eps=1e-5)


@edit(LLAMA, "~ model.layers.{0…2}.self_attn.{q_proj,k_proj,v_proj,o_proj} (Linear ×12): bias added")
def bias_in_attention(m: Any) -> nn.Module:
    return llama(attention_bias=True)


@edit(
    LLAMA,
    "~ model.layers.{0…2}.mlp.{gate_proj,up_proj} (Linear ×6): out 128 → 256",
    "~ model.layers.{0…2}.mlp.down_proj (Linear ×3): in 128 → 256",
)
def wider_mlp(m: Any) -> nn.Module:
    return llama(intermediate_size=256)


@edit(LLAMA, "~ lm_head (Linear): weights shared with model.embed_tokens")
def tied(m: Any) -> nn.Module:
    return llama(tie_word_embeddings=True)


@edit(
    LLAMA,
    "~ model.layers.{0…2}.self_attn.{k_proj,v_proj} (Linear ×6): out 32 → 64",
    "~ model.layers.{0…2}.self_attn (LlamaAttention ×3): unsqueeze() ×2, expand() ×2, reshape() ×2 removed",
)
def all_heads_have_keys(m: Any) -> nn.Module:
    return llama(num_key_value_heads=4)


@edit(LLAMA, "+ model.layers.{3,4} (LlamaDecoderLayer ×2): Linear ×7 · mul ×5 · add ×4 · LlamaRMSNorm ×2 · 9 more")
def more_layers_(m: Any) -> nn.Module:
    return llama(num_hidden_layers=5)


class QKNorm(nn.Module):
    def __init__(self, projection: nn.Module, width: int) -> None:
        super().__init__()
        self.projection, self.norm = projection, nn.LayerNorm(width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.norm(self.projection(x))


@edit(
    LLAMA,
    "~ model.layers.{0…2}.self_attn.q_proj (QKNorm ×3): put around Linear, now projection",
    "+ model.layers.{0…2}.self_attn.q_proj.norm (LayerNorm ×3): weight, bias 64",
)
def queries_normalised(m: Any) -> None:
    for layer in m.model.layers:
        layer.self_attn.q_proj = QKNorm(layer.self_attn.q_proj, 64)


def mixtral(**options: Any) -> nn.Module:
    sizes = {**SMALL, "num_key_value_heads": 2, "num_local_experts": 4, "num_hidden_layers": 2, "use_cache": False}
    return hf.MixtralModel(hf.MixtralConfig(**{**sizes, **options}))


MIXTRAL = Base("mixtral", mixtral, IDS)


@edit(
    MIXTRAL,
    "~ layers.{0,1}.mlp.gate (MixtralTopKRouter ×2): out 4 → 8",
    "~ layers.{0,1}.mlp.experts.histc() (×2): bins 4 → 8, max 3 → 7, output 4 → 8",
    "~ layers.{0,1}.mlp.experts.permute() (×2): gate_up_proj 4×256×64 → 8×256×64",
    "~ layers.{0,1}.mlp.experts.permute()#2 (×2): down_proj 4×64×128 → 8×64×128",
)
def more_experts(m: Any) -> nn.Module:
    return mixtral(num_local_experts=8)


def t5(**options: Any) -> nn.Module:
    sizes = {
        "d_model": 64,
        "d_ff": 128,
        "d_kv": 16,
        "num_layers": 2,
        "num_heads": 4,
        "vocab_size": 500,
        "use_cache": False,
    }
    return hf.T5Model(hf.T5Config(**{**sizes, **options}))


T5 = Base("t5", t5, named(input_ids=ids(1, 16), decoder_input_ids=ids(1, 8)))


def dense(name: str = "") -> str:
    return ", ".join(
        f"{part}.DenseReluDense{name}" for part in ("encoder.block.{0,1}.layer.1", "decoder.block.{0,1}.layer.2")
    )


@edit(
    T5,
    f"~ {dense()} (T5DenseGatedActDense ×4): T5DenseActDense → T5DenseGatedActDense",
    f"~ {dense('.wi_0')} (Linear ×4): was {dense('.wi')}",
    f"~ {dense('.act')} (NewGELUActivation ×4): ReLU → NewGELUActivation",
    f"+ {dense('.wi_1')} (Linear ×4): 64→128",
    f"+ {dense('.mul()')} (×4): of act, wi_1",
)
def gated_activation(m: Any) -> nn.Module:
    return t5(feed_forward_proj="gated-gelu")


@edit(
    T5,
    "~ {encoder,decoder}.block.0.layer.0.SelfAttention.relative_attention_bias (Embedding ×2): weight 32×4 → 64×4",
    "~ {encoder,decoder}.block.0.layer.0.SelfAttention.mul() (×2): × 16 → 32",
    "~ encoder.block.0.layer.0.SelfAttention: 6 changes: lt() other 8 → 16, div() ÷ 8 → 16, div() ÷ 2.77259 → 2.07944, mul() × 8 → 16, 2 more",
    "~ decoder.block.0.layer.0.SelfAttention: 5 changes: lt() other 16 → 32, div() ÷ 16 → 32, div() ÷ 2.07944 → 1.38629, add() + 16 → 32, 1 more",
)
def more_buckets(m: Any) -> nn.Module:
    return t5(relative_attention_num_buckets=64)


def vit(**options: Any) -> nn.Module:
    sizes = {**SMALL, "image_size": 32, "patch_size": 8}
    del sizes["vocab_size"]
    return hf.ViTModel(hf.ViTConfig(**{**sizes, **options}))


VIT = Base("hf vit", vit, named(pixel_values=image(32)["items"][0]))


@edit(VIT, "~ layers.{0…2}.attention.{q_proj,k_proj,v_proj} (Linear ×9): bias removed")
def no_bias(m: Any) -> nn.Module:
    return vit(qkv_bias=False)


@edit(
    VIT,
    "~ layers.1.mlp.activation_fn (ReLU): GELUActivation → ReLU",
    "~ pooler.activation (Identity): Tanh → Identity",
)
def two_edits(m: Any) -> None:
    m.layers[1].mlp.activation_fn = nn.ReLU()
    m.pooler.activation = nn.Identity()
