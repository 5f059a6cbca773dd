"""Graph networks of PyTorch Geometric, without its compiled helpers."""

import torch
from torch import nn
from torch.nn import functional
from torch_geometric import nn as pyg

NODES, EDGES = 12, 30


def gcn() -> nn.Module:
    """Means over neighbours, with the norms of a batch between layers."""
    return pyg.GCN(8, 16, num_layers=3, out_channels=4, norm="batch_norm")


def gat() -> nn.Module:
    """Attention over neighbours; all layers are joined at the end."""
    return pyg.GAT(8, 16, num_layers=2, out_channels=4, heads=4, v2=True, jk="cat")


def sage() -> nn.Module:
    """A node beside the maximum of its neighbours."""
    return pyg.GraphSAGE(8, 16, num_layers=2, out_channels=4, aggr="max")


class GraphClassifier(nn.Module):
    """Isomorphism layers and a sum over each graph."""

    def __init__(self) -> None:
        super().__init__()
        self.body = pyg.GIN(8, 16, num_layers=3, norm="layer_norm", train_eps=True)
        self.head = nn.Linear(16, 2)

    def forward(self, x: torch.Tensor, edge_index: torch.Tensor, batch: torch.Tensor) -> torch.Tensor:
        return self.head(pyg.global_add_pool(self.body(x, edge_index), batch, size=2))


class Relational(nn.Module):
    """A matrix for each kind of edge."""

    def __init__(self) -> None:
        super().__init__()
        self.first = pyg.RGCNConv(8, 16, num_relations=3, num_bases=2)
        self.second = pyg.RGCNConv(16, 4, num_relations=3)

    def forward(self, x: torch.Tensor, edge_index: torch.Tensor, edge_type: torch.Tensor) -> torch.Tensor:
        hidden = self.first(x, edge_index, edge_type).relu()
        return functional.log_softmax(self.second(hidden, edge_index, edge_type), dim=-1)


class Hetero(nn.Module):
    """Two kinds of nodes, attention by their kinds: dicts in, dicts out."""

    def __init__(self) -> None:
        super().__init__()
        kinds = ["paper", "author"]
        edges = [("author", "writes", "paper"), ("paper", "rev_writes", "author"), ("paper", "cites", "paper")]
        self.enter = nn.ModuleDict({"paper": nn.Linear(8, 16), "author": nn.Linear(5, 16)})
        self.body = pyg.HGTConv(16, 16, (kinds, edges), heads=2)
        self.head = nn.Linear(16, 3)

    def forward(
        self, x_dict: dict[str, torch.Tensor], edge_index_dict: dict[tuple[str, str, str], torch.Tensor]
    ) -> torch.Tensor:
        hidden = {kind: self.enter[kind](x).relu() for kind, x in x_dict.items()}
        return self.head(self.body(hidden, edge_index_dict)["paper"])


def graph_unet() -> nn.Module:
    """Nodes that are dropped by their score, and come back."""
    return pyg.GraphUNet(8, 16, 4, depth=2, pool_ratios=0.5)


def attentive_fp() -> nn.Module:
    """Molecules: attention among atoms, then of the whole."""
    return pyg.AttentiveFP(8, 16, 1, edge_dim=4, num_layers=2, num_timesteps=2)


def _all_pairs(places: torch.Tensor, batch: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    source, target = torch.cartesian_prod(torch.arange(len(places)), torch.arange(len(places))).T
    kept = (source != target) & (batch[source] == batch[target])
    edges = torch.stack([source[kept], target[kept]])
    return edges, (places[edges[0]] - places[edges[1]]).norm(dim=-1)


def schnet() -> nn.Module:
    """The energy of a molecule from the distances of its atoms."""
    return pyg.SchNet(16, 16, num_interactions=2, num_gaussians=10, interaction_graph=_all_pairs)


def edges_of(nodes: int, edges: int, seed: int = 0) -> torch.Tensor:
    """The same random edges every time."""
    return torch.randint(nodes, (2, edges), generator=torch.Generator().manual_seed(seed))


def graph_inputs() -> dict[str, torch.Tensor]:
    """A graph of twelve nodes."""
    return {"x": torch.randn(NODES, 8), "edge_index": edges_of(NODES, EDGES)}


def batch_inputs() -> dict[str, torch.Tensor]:
    """Two graphs as one."""
    return {**graph_inputs(), "batch": torch.arange(NODES) // 6}


def relational_inputs() -> dict[str, torch.Tensor]:
    """Edges of three kinds."""
    return {**graph_inputs(), "edge_type": torch.arange(EDGES) % 3}


def hetero_inputs() -> dict[str, dict]:
    """Papers, and who wrote them."""
    writes = torch.stack([torch.arange(8) % 4, torch.arange(8) % 6])
    return {
        "x_dict": {"paper": torch.randn(6, 8), "author": torch.randn(4, 5)},
        "edge_index_dict": {
            ("author", "writes", "paper"): writes,
            ("paper", "rev_writes", "author"): writes.flip(0),
            ("paper", "cites", "paper"): edges_of(6, 9),
        },
    }


def molecule_inputs() -> dict[str, torch.Tensor]:
    """Atoms with their features, bonds with theirs."""
    return {**graph_inputs(), "edge_attr": torch.randn(EDGES, 4), "batch": torch.arange(NODES) // 6}


def atoms_inputs() -> dict[str, torch.Tensor]:
    """Two molecules of six atoms in space."""
    return {"z": torch.arange(1, NODES + 1), "pos": torch.randn(NODES, 3), "batch": torch.arange(NODES) // 6}
