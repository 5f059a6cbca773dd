"""Models that detect, segment and read pictures, from transformers."""

import hearing  # noqa: F401  # transformers imports torchaudio and torchvision: beside any build of torch after these
import vision  # noqa: F401

# isort: split
import torch
import transformers as hf
from torch import nn

SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
TWO_SIDES = {
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "d_model": 32,
}
TEXT = {**SIZES, "vocab_size": 100, "max_position_embeddings": 32}


def _resnet(stages: list[str]) -> hf.ResNetConfig:
    return hf.ResNetConfig(
        embedding_size=16, hidden_sizes=[16, 24, 32, 48], depths=[1, 1, 1, 1], layer_type="basic", out_features=stages
    )


def detr() -> nn.Module:
    """Objects as queries over the features of a convolutional net."""
    config = hf.DetrConfig(
        **TWO_SIDES, num_queries=6, use_timm_backbone=False, backbone=None, use_pretrained_backbone=False,
        backbone_config=_resnet(["stage4"]),
    )  # fmt: skip
    return hf.DetrForObjectDetection(config)


def conditional_detr() -> nn.Module:
    """Queries with reference points."""
    config = hf.ConditionalDetrConfig(
        **TWO_SIDES, num_queries=6, use_timm_backbone=False, backbone=None, use_pretrained_backbone=False,
        backbone_config=_resnet(["stage4"]),
    )  # fmt: skip
    return hf.ConditionalDetrForObjectDetection(config)


def deformable_detr() -> nn.Module:
    """Attention that samples a few points of each scale."""
    config = hf.DeformableDetrConfig(
        **TWO_SIDES, num_queries=6, use_timm_backbone=False, backbone=None, use_pretrained_backbone=False,
        backbone_config=_resnet(["stage2", "stage3", "stage4"]), two_stage=True, with_box_refine=True,
        two_stage_num_proposals=6,
    )  # fmt: skip
    return hf.DeformableDetrForObjectDetection(config)


def rt_detr() -> nn.Module:
    """The best of the encoder's proposals become the decoder's queries."""
    backbone = hf.RTDetrResNetConfig(
        embedding_size=16,
        hidden_sizes=[16, 24, 32, 48],
        depths=[1, 1, 1, 1],
        layer_type="basic",
        out_features=["stage2", "stage3", "stage4"],
    )
    config = hf.RTDetrConfig(
        backbone_config=backbone,
        use_timm_backbone=False,
        backbone=None,
        encoder_hidden_dim=32,
        encoder_in_channels=[24, 32, 48],
        encoder_layers=1,
        encoder_ffn_dim=64,
        encoder_attention_heads=4,
        d_model=32,
        num_queries=10,
        decoder_in_channels=[32, 32, 32],
        decoder_ffn_dim=64,
        decoder_layers=2,
        decoder_attention_heads=4,
        num_denoising=0,
        anchor_image_size=None,
    )
    return hf.RTDetrForObjectDetection(config)


def mask2former() -> nn.Module:
    """Masks by attention inside the last masks."""
    backbone = hf.SwinConfig(
        image_size=64, embed_dim=16, depths=[1, 1, 1, 1], num_heads=[1, 2, 2, 4], window_size=4,
        out_features=["stage1", "stage2", "stage3", "stage4"],
    )  # fmt: skip
    config = hf.Mask2FormerConfig(
        backbone_config=backbone,
        feature_size=32,
        mask_feature_size=32,
        hidden_dim=32,
        encoder_feedforward_dim=64,
        encoder_layers=1,
        decoder_layers=2,
        num_attention_heads=4,
        dim_feedforward=64,
        num_queries=6,
        num_labels=5,
    )
    return hf.Mask2FormerForUniversalSegmentation(config)


def sam() -> nn.Module:
    """Masks of what points and boxes ask for."""
    config = hf.SamConfig(
        vision_config=hf.SamVisionConfig(
            **{key: SIZES[key] for key in ("hidden_size", "num_hidden_layers", "num_attention_heads")},
            mlp_dim=64,
            output_channels=16,
            num_pos_feats=8,
            image_size=64,
            patch_size=8,
            window_size=4,
            global_attn_indexes=[1],
        ),
        prompt_encoder_config=hf.SamPromptEncoderConfig(
            hidden_size=16, image_size=64, patch_size=8, mask_input_channels=4
        ),
        mask_decoder_config=hf.SamMaskDecoderConfig(
            hidden_size=16, mlp_dim=32, num_hidden_layers=2, num_attention_heads=2, iou_head_hidden_dim=16
        ),
    )
    return hf.SamModel(config)


def segformer() -> nn.Module:
    """Four scales, attention over fewer keys."""
    config = hf.SegformerConfig(
        hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 1, 1], decoder_hidden_size=32, num_labels=5
    )
    return hf.SegformerForSemanticSegmentation(config)


def depth_anything() -> nn.Module:
    """Depth from the tokens of several layers."""
    backbone = hf.Dinov2Config(
        hidden_size=32, num_hidden_layers=4, num_attention_heads=4, mlp_ratio=2, image_size=56, patch_size=14,
        out_indices=[1, 2, 3, 4], apply_layernorm=True, reshape_hidden_states=False,
    )  # fmt: skip
    config = hf.DepthAnythingConfig(
        backbone_config=backbone, reassemble_hidden_size=32, patch_size=14, neck_hidden_sizes=[8, 16, 24, 32],
        fusion_hidden_size=16, head_hidden_size=8,
    )  # fmt: skip
    return hf.DepthAnythingForDepthEstimation(config)


def vit_mae() -> nn.Module:
    """A picture of which random patches are hidden."""
    config = hf.ViTMAEConfig(
        **SIZES, image_size=64, patch_size=16, decoder_hidden_size=16, decoder_num_hidden_layers=1,
        decoder_num_attention_heads=2, decoder_intermediate_size=32,
    )  # fmt: skip
    return hf.ViTMAEForPreTraining(config)


def videomae() -> nn.Module:
    """Tubes of a video."""
    config = hf.VideoMAEConfig(**SIZES, image_size=32, patch_size=16, num_frames=4, num_labels=5)
    return hf.VideoMAEForVideoClassification(config)


def superpoint() -> nn.Module:
    """Points of interest: how many, the picture decides."""
    config = hf.SuperPointConfig(
        encoder_hidden_sizes=[8, 8, 16, 16], decoder_hidden_size=16, descriptor_decoder_dim=16, max_keypoints=20
    )
    return hf.SuperPointForKeypointDetection(config)


def clip() -> nn.Module:
    """Pictures against texts."""
    config = hf.CLIPConfig(
        text_config={**TEXT, "eos_token_id": 99},
        vision_config={**SIZES, "image_size": 64, "patch_size": 16},
        projection_dim=16,
    )
    return hf.CLIPModel(config)


def owlvit() -> nn.Module:
    """Boxes of what texts ask for."""
    config = hf.OwlViTConfig(
        text_config={**TEXT, "eos_token_id": 99, "pad_token_id": 0},
        vision_config={**SIZES, "image_size": 64, "patch_size": 16},
        projection_dim=32,
    )
    return hf.OwlViTForObjectDetection(config)


def blip() -> nn.Module:
    """A caption of a picture."""
    config = hf.BlipConfig(
        text_config={
            **TEXT, "encoder_hidden_size": 32, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0,
            "sep_token_id": 3, "use_cache": False,
        },
        vision_config={**SIZES, "image_size": 64, "patch_size": 16},
        projection_dim=16,
        image_text_hidden_size=16,
    )  # fmt: skip
    return hf.BlipForConditionalGeneration(config)


def llava() -> nn.Module:
    """A language model whose prompt holds the patches of a picture."""
    config = hf.LlavaConfig(
        vision_config=hf.CLIPVisionConfig(**SIZES, image_size=32, patch_size=16, projection_dim=16),
        text_config=hf.LlamaConfig(**SIZES, num_key_value_heads=2, vocab_size=100, use_cache=False),
        image_token_index=99,
        vision_feature_layer=-2,
    )
    return hf.LlavaForConditionalGeneration(config)


def qwen2_vl() -> nn.Module:
    """Pictures of any size, rotary positions of three axes."""
    config = hf.Qwen2VLConfig(
        text_config={
            **SIZES, "num_key_value_heads": 2, "vocab_size": 100, "use_cache": False, "max_position_embeddings": 64,
            "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [1, 1, 2]},
        },
        vision_config={
            "depth": 2, "embed_dim": 32, "hidden_size": 32, "num_heads": 4, "mlp_ratio": 2, "patch_size": 4,
            "spatial_merge_size": 2, "temporal_patch_size": 2,
        },
        image_token_id=99, video_token_id=98, vision_start_token_id=97, vision_end_token_id=96,
    )  # fmt: skip
    return hf.Qwen2VLForConditionalGeneration(config)


def layoutlmv3() -> nn.Module:
    """Words, their boxes and the page as a picture."""
    config = hf.LayoutLMv3Config(
        **SIZES,
        vocab_size=100,
        max_position_embeddings=64,
        input_size=32,
        patch_size=16,
        coordinate_size=5,
        shape_size=6,
        rel_pos_bins=8,
        rel_2d_pos_bins=8,
        max_2d_position_embeddings=64,
        num_labels=3,
    )
    return hf.LayoutLMv3ForTokenClassification(config)


def sam_inputs() -> dict[str, torch.Tensor]:
    """A picture, two points on it."""
    return {
        "pixel_values": torch.randn(1, 3, 64, 64),
        "input_points": torch.tensor([[[[10.0, 20.0], [40.0, 30.0]]]]),
        "input_labels": torch.ones(1, 1, 2, dtype=torch.long),
    }


def clip_inputs() -> dict[str, torch.Tensor]:
    """Two texts, two pictures."""
    texts = torch.arange(1, 17).view(2, 8)
    texts[:, -1] = 99
    return {"input_ids": texts, "pixel_values": torch.randn(2, 3, 64, 64), "attention_mask": torch.ones_like(texts)}


def llava_inputs() -> dict[str, torch.Tensor]:
    """Four places for the picture's patches between words."""
    words = torch.tensor([[1, 5, 99, 99, 99, 99, 7, 8]])
    return {
        "input_ids": words,
        "attention_mask": torch.ones_like(words),
        "pixel_values": torch.randn(1, 3, 32, 32),
    }


def qwen2_vl_inputs() -> dict[str, torch.Tensor]:
    """One picture of 4 × 4 patches, which become four places of the text."""
    words = torch.tensor([[1, 97, 99, 99, 99, 99, 96, 5]])
    return {
        "input_ids": words,
        "attention_mask": torch.ones_like(words),
        "pixel_values": torch.randn(16, 3 * 2 * 4 * 4),
        "image_grid_thw": torch.tensor([[1, 4, 4]]),
        "mm_token_type_ids": (words == 99).int(),
    }


def layoutlmv3_inputs() -> dict[str, torch.Tensor]:
    """Six words with their boxes on a page."""
    corner = torch.arange(6).view(1, 6, 1).expand(1, 6, 2)
    return {
        "input_ids": torch.arange(3, 9).view(1, 6),
        "bbox": torch.cat([corner, corner + 10], -1),
        "attention_mask": torch.ones(1, 6, dtype=torch.long),
        "pixel_values": torch.randn(1, 3, 32, 32),
    }
