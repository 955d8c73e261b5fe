"""digits-mlp: A small network reads handwritten digits of 8 by 8 pixels. The validation digits are by other writers."""
import torch
import torch.nn.functional as F
from torch import nn


# Attributes of the model by the names of the state in recipe.json.
SLOTS = {
    "W1": "W1",
    "b1": "b1",
    "W2": "W2",
    "b2": "b2",
}


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.W1 = nn.Parameter(torch.zeros((64, 32)))
        self.b1 = nn.Parameter(torch.zeros((32,)))
        self.W2 = nn.Parameter(torch.zeros((32, 10)))
        self.b2 = nn.Parameter(torch.zeros((10,)))

    def forward(self, pixels, label):
        """Loss and metrics of a batch."""
        hidden = torch.addmm(self.b1, pixels, self.W1)
        tanh = torch.tanh(hidden)
        logits = torch.addmm(self.b2, tanh, self.W2)
        loss = F.cross_entropy(logits, label.long())
        right = (logits.argmax(1) == label).float().mean()
        return {
            "loss": loss,
            "accuracy": right,
        }

    def predict(self, pixels):
        """What the outputs of predict return."""
        hidden = torch.addmm(self.b1, pixels, self.W1)
        tanh = torch.tanh(hidden)
        logits = torch.addmm(self.b2, tanh, self.W2)
        probabilities = torch.softmax(logits, -1)
        return {
            "classes": probabilities,
        }
