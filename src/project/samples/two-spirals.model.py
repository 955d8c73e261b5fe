"""two-spirals: A network with two hidden layers learns to tell two spirals apart: features that no straight line could separate."""
import torch
import torch.nn.functional as F
from torch import nn


# Attributes of the model by the names of the state in recipe.json.
SLOTS = {
    "W1": "W1",
    "b1": "b1",
    "W2": "W2",
    "b2": "b2",
    "W3": "W3",
    "b3": "b3",
}


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.W1 = nn.Parameter(torch.zeros((2, 24)))
        self.b1 = nn.Parameter(torch.zeros((24,)))
        self.W2 = nn.Parameter(torch.zeros((24, 24)))
        self.b2 = nn.Parameter(torch.zeros((24,)))
        self.W3 = nn.Parameter(torch.zeros((24, 2)))
        self.b3 = nn.Parameter(torch.zeros((2,)))

    def forward(self, point, label):
        """Loss and metrics of a batch."""
        hidden1 = torch.addmm(self.b1, point, self.W1)
        tanh1 = torch.tanh(hidden1)
        hidden2 = torch.addmm(self.b2, tanh1, self.W2)
        tanh2 = torch.tanh(hidden2)
        logits = torch.addmm(self.b3, tanh2, self.W3)
        loss = F.cross_entropy(logits, label.long())
        right = (logits.argmax(1) == label).float().mean()
        return {
            "loss": loss,
            "accuracy": right,
        }

    def predict(self, point):
        """What the outputs of predict return."""
        hidden1 = torch.addmm(self.b1, point, self.W1)
        tanh1 = torch.tanh(hidden1)
        hidden2 = torch.addmm(self.b2, tanh1, self.W2)
        tanh2 = torch.tanh(hidden2)
        logits = torch.addmm(self.b3, tanh2, self.W3)
        probabilities = torch.softmax(logits, -1)
        return {
            "classes": probabilities,
        }
