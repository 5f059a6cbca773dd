"""The entries of all models of the corpus, as a config has them."""

TIMM = """beit_base_patch16_224 eca_resnext26ts coat_lite_tiny convmixer_768_32 cpubone_b0_bfrobust csatv2
cspnext_tiny deepseek_vit_412m densenet121 dpn48b efficientformer_l1 efficientnet_b0 efficientvit_b0
eva02_base_patch14_224 fastvit_mci0 gcvit_xxtiny ghostnet_050 hgnetv2_b0 sam2_hiera_tiny iformer_m
inception_resnet_v2 inception_v4 levit_128s mambaout_femto caformer_s18 lcnet_035 mobilevit_xxs
naflexvit_base_patch16_parfac_gap nest_tiny dm_nfnet_f0 pnasnet5large qwen3_vit_88m regnetx_002 repvit_m1
resnest14d resnetv2_18 selecsls42 sequencer2d_s skresnet18 swiftformer_xs swinv2_base_window8_256
tiny_vit_5m_224 tresnet_m vgg11 aimv2_1b_patch14_224 test_vit_relpos vitamin_base_224 ese_vovnet19b_slim_dw
xception41p""".split()

TORCHVISION = {
    name: [1, 3, 224, 224]
    for name in [
        "resnet18",
        "resnet152",
        "vgg16",
        "densenet201",
        "mobilenet_v3_small",
        "efficientnet_b0",
        "googlenet",
        "vit_b_16",
        "swin_t",
        "convnext_tiny",
        "segmentation.fcn_resnet50",
        "segmentation.deeplabv3_mobilenet_v3_large",
    ]
} | {"inception_v3": [1, 3, 299, 299], "video.r3d_18": [1, 3, 16, 112, 112]}

IDS = {"input_ids": {"shape": ["batch", "length"], "dtype": "int64", "high": 100}}
FIXED_IDS = {"input_ids": {"shape": [1, 32], "dtype": "int64", "high": 100}}
SMALL = {"hidden_size": 256, "num_hidden_layers": 4, "num_attention_heads": 4, "intermediate_size": 512}
LLAMA = {
    "small": {**SMALL, "num_key_value_heads": 2},
    "8b": {"hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
           "intermediate_size": 14336, "vocab_size": 128256},
    "70b": {"hidden_size": 8192, "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
            "intermediate_size": 28672, "vocab_size": 128256},
    "405b": {"hidden_size": 16384, "num_hidden_layers": 126, "num_attention_heads": 128, "num_key_value_heads": 8,
             "intermediate_size": 53248, "vocab_size": 128256},
}  # fmt: skip
PIXELS = {"pixel_values": [1, 3, 224, 224]}
TRANSFORMERS = {
    "bert": (["Bert"], SMALL, IDS),
    "distilbert": (["DistilBert"], {"dim": 256, "n_layers": 4, "n_heads": 4, "hidden_dim": 512}, IDS),
    "gpt2": (["GPT2", "LMHeadModel"], {"n_embd": 256, "n_layer": 4, "n_head": 4}, IDS),
    "t5": (["T5"], {"d_model": 128, "d_ff": 256, "num_layers": 3, "num_heads": 4},
           {**FIXED_IDS, "decoder_input_ids": {"shape": [1, 8], "dtype": "int64", "high": 100}}),
    **{f"llama_{size}": (["Llama", "ForCausalLM"], config, IDS) for size, config in LLAMA.items()},
    "mixtral": (["Mixtral"], {**SMALL, "num_key_value_heads": 2, "num_local_experts": 4}, FIXED_IDS),
    "vit": (["ViT"], SMALL, PIXELS),
    "swin": (["Swin"], {"embed_dim": 48, "depths": [2, 2, 2], "num_heads": [3, 6, 12]}, PIXELS),
    "whisper": (["Whisper"], {"d_model": 128, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4,
                              "decoder_attention_heads": 4, "encoder_ffn_dim": 256, "decoder_ffn_dim": 256},
                {"input_features": [1, 80, 3000], "decoder_input_ids": {"shape": [1, 8], "dtype": "int64", "high": 100}}),
    "convnext": (["ConvNext"], {}, PIXELS),
}  # fmt: skip

X = {"positional": [["batch", 8]]}
HANDMADE = {
    "net": ("three_layers:Net", [[5, 8]]),
    "lstm_tagger": ("small:Tagger", [{"shape": ["batch", 20], "dtype": "int64", "high": 1000}]),
    "gru_tagger": ("handmade:GRUTagger", [{"shape": ["batch", 20], "dtype": "int64", "high": 500}]),
    "unet": ("small:UNet", [["batch", 3, 64, 64]]),
    "siamese": ("small:Siamese", {"left": ["batch", 32], "right": ["batch", 32]}),
    "nested": (
        "handmade:Nested",
        {"batch": {"a": {"x": ["n", 8]}, "b": ["n", 4]}, "pairs": [["n", 8], ["n", 16]]},
    ),
    "mixed_loop": ("handmade:MixedLoop", [["batch", 16]]),
    "conditional": ("handmade:Conditional", [[4, 8]]),
    "tied_lm": ("handmade:TiedLM", [{"shape": ["batch", 16], "dtype": "int64", "high": 1000}]),
    "multi_head": ("handmade:MultiHead", [["batch", 10, 32]]),
    "chain": ("handmade:Chain", [["batch", 8]]),
    "free": ("handmade:Free", [{"shape": ["batch", "length"], "dtype": "int64", "high": 100}]),
}


def entries() -> dict[str, dict[str, object]]:
    """All entries of the corpus, by name."""
    found: dict[str, dict[str, object]] = {}
    for name in TIMM:
        found[f"timm-{name}"] = {"model": "zoo_timm:make", "args": [name], "inputs": [_timm_shape(name)]}
    for name, shape in TORCHVISION.items():
        found[f"tv-{name}"] = {"model": "zoo_torchvision:make", "args": [name], "inputs": [shape]}
    for name, (args, config, inputs) in TRANSFORMERS.items():
        found[f"hf-{name}"] = {"model": "zoo_transformers:make", "args": args, "kwargs": config, "inputs": inputs}
    for name, (model, inputs) in HANDMADE.items():
        found[f"own-{name}"] = {"model": model, "inputs": inputs}
    found["onnx-control_flow"] = {"onnx": "work/control_flow.onnx"}
    return found


def _timm_shape(name: str) -> list[int]:
    import vision  # noqa: F401
    from timm.models import get_pretrained_cfg

    config = get_pretrained_cfg(name)
    return [1, *(config.input_size if config else (3, 224, 224))]
