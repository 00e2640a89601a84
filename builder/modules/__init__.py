"""Document to `torch.nn.Module`: what `spec` describes, built."""

from builder.modules.network import NetworkModule, compile_network

__all__ = ["NetworkModule", "compile_network"]
