"""One run: network, data, optimizer and recorder, and the step itself."""

import platform
from contextlib import nullcontext
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from builder.data.augmentation import Augmenter
from builder.data.batches import BatchOrder, gather_batch
from builder.data.dataset import Dataset
from builder.modules.network import NetworkModule, compile_network
from builder.spec.analysis import Analysis, analyse
from builder.spec.chance import derive_seed
from builder.spec.experiment import Experiment
from builder.spec.problems import DocumentError
from builder.spec.schedule import learning_rate_factor
from builder.spec.shapes import num_entries
from builder.training.device import autocast, bf16_is_native
from builder.training.evaluation import KeepGoing, Measurement, always, measure
from builder.training.findings.finder import Finder
from builder.training.findings.registry import Look, finders_of
from builder.training.layout import FlatLayout
from builder.training.losses import build_loss
from builder.training.masks import DepthMasks
from builder.training.optimizers import Mixer
from builder.training.probes import GATE_EDGES, PROBE_EVERY
from builder.training.recorder import Recorder


class TrainingRun:
    """Everything one run owns: network, data, optimizer, recorder.

    Attributes:
        network: The compiled network on its device, in training mode.
        step: Number of finished updates.
        mixer: What the groups are set to, and the optimizer.
    """

    def __init__(self, experiment: Experiment, data: Dataset, device: torch.device) -> None:
        self.experiment = experiment
        self.training = experiment.training
        self.data = data
        self.device = device
        self.analysis: Analysis = analyse(experiment)
        if self.analysis.problems:
            raise DocumentError(self.analysis.problems)
        seed = self.training.seed
        self.network: NetworkModule = compile_network(experiment, self.analysis)
        # Pixels before channels in memory: what convolution kernels prefer on every device.
        memory_format = torch.channels_last if len(data.shape) == 3 else torch.preserve_format
        self.network.to(device, memory_format=memory_format)  # pyright: ignore[reportCallIssue]
        self.layout = FlatLayout(self.network, self.analysis)
        self.mixer = Mixer(self.layout, self.analysis, self.training.optimizer)
        self.loss_function = build_loss(self.training.loss)
        self.order = BatchOrder(
            len(data.train), self.training.batch_size, drop_last=self.training.drop_last, seed=seed, device=device
        )
        self.augment = Augmenter(experiment.data.augmentation, seed)
        stochastic = self.network.stochastic_blocks
        self.masks = DepthMasks(
            [block.survival_prob for block in stochastic], seed, [block.address for block in stochastic]
        )
        self.has_dropout = any(isinstance(module, torch.nn.Dropout) for module in self.network.modules())
        self.num_steps = max(1, self.training.duration.in_steps(self.order.steps_per_epoch))
        self.evaluate_every = max(1, self.training.evaluate_every.in_steps(self.order.steps_per_epoch))
        self.recorder = Recorder(self.network, self.layout, self.analysis, self.training.batch_size, data.num_classes)
        self.step = 0

    @property
    def epoch(self) -> float:
        return self.step / self.order.steps_per_epoch

    @cached_property
    def finders(self) -> list[Finder]:
        """What looks at evaluations of the validation part; a preflight, which has none, does without."""
        return finders_of(self.network, self.data, self.training)

    def backward(self, step: int, mask: list[bool]) -> tuple[Tensor, Tensor, Tensor]:
        """Forward and backward on the batch of `step`; the gradients are then in `layout`, and nothing is updated.

        Args:
            step: Counts from 1; it decides batch, augmentation and dropout.
            mask: Which stochastic-depth copies take part.

        Returns:
            The loss, logits `[batch, classes]`, targets `[batch]`.
        """
        inputs, targets = gather_batch(self.data.train, self.order.batch_indices(step))
        inputs = self.augment(inputs, step)
        if self.has_dropout:
            torch.manual_seed(derive_seed(self.training.seed, "dropout", step))
        self.network.set_alive(mask)
        self.layout.zero_gradients()
        with autocast(self.training, self.device):
            logits = self.network(inputs)
        loss = self.loss_function(logits, targets)
        loss.backward()
        return loss, logits, targets

    def take_step(self) -> None:
        """One update: batch, forward, backward, record, clip, optimizer."""
        step = self.step + 1
        mask = self.masks.at(step)
        factor = learning_rate_factor(self.training, self.step, self.num_steps, self.order.steps_per_epoch)
        self.mixer.apply(factor)
        probes = self.recorder.probes if step % PROBE_EVERY == 0 else None
        with probes.watch_forward(self.recorder.num_rows, mask) if probes else nullcontext():
            loss, logits, targets = self.backward(step, mask)
        self.recorder.record(loss, logits, targets, mask, [base * factor for base in self.mixer.base])
        if self.training.clip_norm is not None:
            self.clip(self.training.clip_norm)
        self.layout.rest_dropped(mask)
        with probes.watch_update() if probes else nullcontext():
            self.mixer.optimizer.step()
        self.step = step

    def clip(self, max_norm: float) -> None:
        """Scales all gradients so that their common norm is at most `max_norm`; no sync with the host."""
        norm = torch.linalg.vector_norm(self.recorder.newest_norms)
        self.layout.gradients.mul_((max_norm / (norm + 1e-6)).clamp(max=1.0))

    def measure(self, split: str, keep_going: KeepGoing = always) -> Measurement | None:
        """Measures the validation or the test part; None if `keep_going`, asked before each batch, says no.

        Of the validation part, which is measured again and again, it also finds what the charts show of it.
        """
        part = {"validation": self.data.validation, "test": self.data.test}[split]
        look = Look(self.finders, self.training.loss) if split == "validation" else None
        return measure(self.network, part, self.loss_function, self.training, self.data.num_classes, keep_going, look)

    def info(self) -> dict[str, Any]:
        """What `run.db` keeps of the run, as JSON."""
        num_by_group: dict[str, dict[str, int]] = {}
        for each in self.analysis.parameters:
            entries = num_by_group.setdefault(each.placed.block or "", {})
            name = self.analysis.groups[each.group].spec.name
            entries[name] = entries.get(name, 0) + num_entries(each.placed.shape)
        return {
            "num_steps": self.num_steps,
            "steps_per_epoch": self.order.steps_per_epoch,
            "batch_size": self.training.batch_size,
            "num_train": len(self.data.train),
            "num_validation": len(self.data.validation),
            "num_test": len(self.data.test),
            "class_names": list(self.data.class_names),
            "data_note": self.data.note,
            "device": str(self.device),
            "device_name": torch.cuda.get_device_name(self.device)
            if self.device.type == "cuda"
            else platform.processor(),
            "precision": self.training.precision,
            "bf16_is_native": bf16_is_native(self.device),
            "num_threads": torch.get_num_threads(),
            "seed": self.training.seed,
            "versions": {"torch": torch.__version__, "python": platform.python_version(), "numpy": np.__version__},
            "num_parameters": self.analysis.num_parameters,
            "gate_edges": list(GATE_EDGES),
            "findings": [finder.kind for finder in self.finders],
            "groups": [
                {
                    "name": row.spec.name,
                    "colour": row.spec.colour,
                    "num_parameters": row.num_parameters,
                    "learning_rate": row.spec.learning_rate,
                    "weight_decay": row.spec.weight_decay,
                    "frozen": row.spec.frozen,
                }
                for row in self.analysis.groups
            ],
            "blocks": [
                {
                    "address": block.address,
                    "item": placed.ids[-1],
                    "kind": block.kind,
                    "depth": block.depth,
                    "num_parameters": sum(parameter.numel() for parameter in block.parameters()),
                    "num_trained": sum(
                        parameter.numel() for parameter in block.parameters() if parameter.requires_grad
                    ),
                    "num_by_group": num_by_group.get(block.address, {}),
                    "survival_prob": placed.survival_prob,
                }
                for block, placed in zip(self.network.blocks, self.analysis.plan.blocks, strict=True)
            ],
        }
