"""mnist-lenet: A convolutional network in the manner of LeNet: two rounds of filters and pooling, then a linear classifier."""
import torch
import torch.nn.functional as F
from torch import nn


# Attributes of the model by the names of the state in recipe.json.
SLOTS = {
    "filters1": "filters1",
    "bias1": "bias1",
    "filters2": "filters2",
    "bias2": "bias2",
    "W": "W",
    "b": "b",
}


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.filters1 = nn.Parameter(torch.zeros((8, 1, 5, 5)))
        self.bias1 = nn.Parameter(torch.zeros((8,)))
        self.filters2 = nn.Parameter(torch.zeros((12, 8, 5, 5)))
        self.bias2 = nn.Parameter(torch.zeros((12,)))
        self.W = nn.Parameter(torch.zeros((192, 10)))
        self.b = nn.Parameter(torch.zeros((10,)))

    def forward(self, pixels, label):
        """Loss and metrics of a batch."""
        pixels_x = pixels.reshape((-1, 1, 28, 28))
        conv1 = F.conv2d(pixels_x, self.filters1, self.bias1)
        tanh1 = torch.tanh(conv1)
        pool1 = F.max_pool2d(tanh1, 2)
        conv2 = F.conv2d(pool1, self.filters2, self.bias2)
        tanh2 = torch.tanh(conv2)
        pool2 = F.max_pool2d(tanh2, 2)
        features = pool2.flatten(1)
        logits = torch.addmm(self.b, features, self.W)
        loss = F.cross_entropy(logits, label.long())
        right = (logits.argmax(1) == label).float().mean()
        return {
            "loss": loss,
            "accuracy": right,
        }

    def predict(self, pixels):
        """What the outputs of predict return."""
        pixels_x = pixels.reshape((-1, 1, 28, 28))
        conv1 = F.conv2d(pixels_x, self.filters1, self.bias1)
        tanh1 = torch.tanh(conv1)
        pool1 = F.max_pool2d(tanh1, 2)
        conv2 = F.conv2d(pool1, self.filters2, self.bias2)
        tanh2 = torch.tanh(conv2)
        pool2 = F.max_pool2d(tanh2, 2)
        features = pool2.flatten(1)
        logits = torch.addmm(self.b, features, self.W)
        probabilities = torch.softmax(logits, -1)
        return {
            "classes": probabilities,
        }
