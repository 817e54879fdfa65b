class Probe(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]
  scale : float
  weights : List[Tensor]
  def set_weight(self, weight: Tensor, scale: float) -> int:
    self.scale = scale
    self.weights = [weight]
    return torch.len(self.weights)
  def product(self, x: Tensor) -> Tensor:
    return torch.mul(torch.linear(x, (self.weights)[0]), self.scale)
  def make_parameter(self, w: Tensor) -> List[Tensor]:
    p = torch.clone(w)
    p.requires_grad_(True)
    self.weights = [p]
    return [p]
  def gradient_step(self, x: Tensor) -> List[Tensor]:
    w = (self.weights)[0]
    loss = torch.sum(torch.pow(torch.linear(x, w), 2))
    g = torch.autograd.grad([loss], [w])
    step = unchecked_cast(Tensor, g[0])
    return [torch.detach(loss), step]
  def mixed_gradient_step(self, x: Tensor) -> List[Tensor]:
    w = (self.weights)[0]
    y = torch.linear(x.to(15), w.to(15))
    loss = torch.sum(torch.pow(torch.mul(torch.mul(x, y), w), 2))
    g = torch.autograd.grad([loss], [w])
    return [torch.detach(loss), unchecked_cast(Tensor, g[0])]
