"""Writes a BERT encoder as an ONNX graph: pooling and normalising inside, int8 weights, activations scaled row by row.

The usual dynamic int8 takes one scale for a whole batch, so a text's vector depends on its neighbours (measured: up to
0.03 in a coordinate, cosine 0.986). Here every token has its own scale: same integer arithmetic, the same vector alone
or in a batch, and nearer to fp32 (0.998 against 0.994). It reads weights by name and knows nothing of torch.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Weights = dict[str, NDArray[np.float32]]
_CONTRIB = "com.microsoft"
_OPSET, _IR = 21, 10
_EPSILON = 1e-12  # of BERT's layer norms


@dataclass
class _Builder:
    int8: bool
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, name: str, values: Any, dtype: Any = None) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values, dtype=dtype), name))
        return name

    def op(self, kind: str, *inputs: str, domain: str = "", outputs: int = 1, **attributes: Any) -> Any:
        """Adds a node; its output's name, or the names where it has several."""
        names = [f"{kind}_{len(self.nodes)}_{place}" for place in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def dense(self, x: str, name: str, weight: NDArray[np.float32]) -> str:
        """`x @ weight` without its bias, for `x` of shape (tokens, width)."""
        if not self.int8:
            return str(self.op("MatMul", x, self.constant(name, weight)))
        scale = np.maximum(np.abs(weight).max(axis=0), 1e-9) / 127
        quantised = np.clip(np.round(weight / scale), -127, 127)
        largest = self.op("ReduceMax", self.op("Abs", x), "axis_1", keepdims=0)
        row_scale = self.op("Max", self.op("Mul", largest, "1/127"), "tiny")
        product = self.op(
            "MatMulIntegerToFloat",
            self.op("QuantizeLinear", x, row_scale, "zero_points", axis=0),
            self.constant(name, quantised, np.int8),
            "one",
            self.constant(f"{name}.scale", scale, np.float32),
            "middle",
            domain=_CONTRIB,
        )
        return str(self.op("Mul", product, self.op("Unsqueeze", row_scale, "axis_1")))

    def embedding(self, name: str, table: NDArray[np.float32]) -> str:
        """The rows of `input_ids`; in int8 each row of the table has its own scale."""
        if not self.int8:
            return str(self.op("Gather", self.constant(name, table), "input_ids"))
        scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-9) / 127
        rows = self.op("Gather", self.constant(name, np.round(table / scale), np.int8), "input_ids")
        scales = self.op("Gather", self.constant(f"{name}.scale", scale, np.float32), "input_ids")
        return str(self.op("Mul", self.op("Cast", rows, to=TensorProto.FLOAT), scales))

    def residual(self, x: str, skip: str, prefix: str, weights: Weights) -> str:
        """Layer norm of `x + bias + skip`, as BERT's output blocks do it."""
        names = [
            self.constant(f"{prefix}.{part}", weights[f"{prefix}.{part}"])
            for part in ("LayerNorm.weight", "LayerNorm.bias", "dense.bias")
        ]
        return str(self.op("SkipLayerNormalization", x, skip, *names, domain=_CONTRIB, epsilon=_EPSILON))


def build_graph(weights: Weights, *, layers: int, heads: int, positions: int, int8: bool) -> onnx.ModelProto:
    """The graph of a BERT with mean pooling: (input_ids, attention_mask) int64 -> sentence_embedding, unit rows.

    `weights` are named as in `transformers.BertModel`; texts may be up to `positions` tokens long.
    """
    b = _Builder(int8)
    b.constant("tiny", 1e-9, np.float32)
    if int8:
        b.constant("one", 1.0, np.float32)
        b.constant("1/127", 1 / 127, np.float32)
        b.constant("middle", 128, np.uint8)
    b.constant("axis_1", [1], np.int64)
    b.constant("start", [0], np.int64)
    x = _embed(b, weights, positions)
    mask = b.op("Cast", "attention_mask", to=TensorProto.INT32)
    for layer in range(layers):
        x = _layer(b, x, mask, weights, f"encoder.layer.{layer}", heads)
    _pool(b, x)
    dimension = weights["embeddings.word_embeddings.weight"].shape[1]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["batch", dimension])
    graph = helper.make_graph(b.nodes, "encoder", inputs, [output], b.constants)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIB, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR)
    onnx.checker.check_model(model)
    return model


def _embed(b: _Builder, weights: Weights, positions: int) -> str:
    width = weights["embeddings.word_embeddings.weight"].shape[1]
    b.constant("rows", [-1, width], np.int64)
    joined = b.constant("joined", [3 * width], np.int64)
    b.nodes.append(helper.make_node("Shape", ["input_ids"], ["shape"]))
    b.nodes.append(helper.make_node("Concat", ["shape", joined], ["joined_shape"], axis=0))
    b.nodes.append(
        helper.make_node("Concat", ["shape", b.constant("width", [width], np.int64)], ["text_shape"], axis=0)
    )
    if b.int8:
        tokens = b.op("ReduceProd", "shape", keepdims=1)
        b.nodes.append(helper.make_node("Expand", ["middle", tokens], ["zero_points"]))
    words = b.embedding("words", weights["embeddings.word_embeddings.weight"])
    table = weights["embeddings.position_embeddings.weight"][:positions]
    table = table + weights["embeddings.token_type_embeddings.weight"][0]
    length = b.op("Shape", "input_ids", start=1, end=2)
    places = b.op("Slice", b.constant("positions", table), "start", length)
    normal = b.op(
        "LayerNormalization",
        b.op("Add", words, places),
        b.constant("embeddings.gamma", weights["embeddings.LayerNorm.weight"]),
        b.constant("embeddings.beta", weights["embeddings.LayerNorm.bias"]),
        epsilon=_EPSILON,
    )
    return str(b.op("Reshape", normal, "rows"))


def _layer(b: _Builder, x: str, mask: str, weights: Weights, prefix: str, heads: int) -> str:
    attention = f"{prefix}.attention.self"
    parts = ("query", "key", "value")
    joined = np.concatenate([weights[f"{attention}.{part}.weight"].T for part in parts], axis=1)
    bias = b.constant(f"{attention}.bias", np.concatenate([weights[f"{attention}.{part}.bias"] for part in parts]))
    projected = b.op("Reshape", b.dense(x, attention, joined), "joined_shape")
    split = b.op("Split", projected, outputs=3, axis=-1, num_outputs=3)
    context = b.op("MultiHeadAttention", *split, bias, mask, domain=_CONTRIB, num_heads=heads)
    context = b.op("Reshape", context, "rows")
    output = f"{prefix}.attention.output"
    mixed = b.dense(context, f"{output}.dense.weight", weights[f"{output}.dense.weight"].T)
    x = b.residual(mixed, x, output, weights)
    wide = b.dense(x, f"{prefix}.intermediate", weights[f"{prefix}.intermediate.dense.weight"].T)
    wide_bias = b.constant(f"{prefix}.intermediate.bias", weights[f"{prefix}.intermediate.dense.bias"])
    wide = b.op("BiasGelu", wide, wide_bias, domain=_CONTRIB)
    narrow = b.dense(wide, f"{prefix}.output.dense.weight", weights[f"{prefix}.output.dense.weight"].T)
    return b.residual(narrow, x, f"{prefix}.output", weights)


def _pool(b: _Builder, x: str) -> None:
    """The mean over a text's own tokens has the direction of their sum, so only the sum is taken."""
    row = b.op("Unsqueeze", b.op("Cast", "attention_mask", to=TensorProto.FLOAT), "axis_1")
    total = b.op("Squeeze", b.op("MatMul", row, b.op("Reshape", x, "text_shape")), "axis_1")
    length = b.op("Max", b.op("ReduceL2", total, "axis_1", keepdims=1), "tiny")
    b.nodes.append(helper.make_node("Div", [total, length], ["sentence_embedding"]))
