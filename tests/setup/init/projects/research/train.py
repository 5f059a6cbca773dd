import argparse

from torch import nn

from models.parts import BaseModel


class Regressor(BaseModel):
    def __init__(self, features, hidden):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(features, hidden), nn.ReLU(), nn.Linear(hidden, 1))

    def forward(self, rows):
        return self.layers(rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hidden", type=int, default=32)
    args = parser.parse_args()
    model = Regressor(13, args.hidden)
    print(model)


if __name__ == "__main__":
    main()
