"""mnist-logistic-regression: Multinomial logistic regression on 10,000 MNIST digits: softmax of a linear map, its negative log-likelihood, and the zero-one loss as a metric."""
import torch
import torch.nn.functional as F
from torch import nn


# Attributes of the model by the names of the state in recipe.json.
SLOTS = {
    "W": "W",
    "b": "b",
}


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.W = nn.Parameter(torch.zeros((784, 10)))
        self.b = nn.Parameter(torch.zeros((10,)))

    def forward(self, pixels, label):
        """Loss and metrics of a batch."""
        logits = torch.addmm(self.b, pixels, self.W)
        log_p = torch.log_softmax(logits, -1)
        prediction = logits.argmax(-1).to(torch.int32)
        nll = F.nll_loss(log_p, label.long())
        same = prediction == label
        wrong = ~same
        ones = wrong.to(torch.float32)
        zero_one = ones.mean()
        return {
            "loss": nll,
            "error": zero_one,
        }

    def predict(self, pixels):
        """What the outputs of predict return."""
        logits = torch.addmm(self.b, pixels, self.W)
        prediction = logits.argmax(-1).to(torch.int32)
        return {
            "class": prediction,
        }
