class Trainer(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]
  layers : int
  heads : int
  nope : int
  rope : int
  value : int
  latent : int
  theta : float
  epsilon : float
  scale : float
  work : int  # PyTorch's number for the type of products: bfloat16, or float32 where those are quicker
  rows : List[int]
  columns : List[int]
  sizes : List[int]
  state : List[Tensor]

  # Letters: N tokens of the whole batch, D hidden, H heads, L latent, F feed-forward, V vocabulary.
  # All weights are one float32 vector, cut into matrices by `rows` and `columns` (columns 0: a vector):
  # embedding, then for each layer the twelve of `layer`, then the last norm.

  # dims [8] = layers, heads, nope, rope, value, latent, theta, type of products; shapes [n, 2]; all three states [weights]
  def start(self, dims: Tensor, shapes: Tensor, weights: Tensor, momentum: Tensor, variance: Tensor) -> List[Tensor]:
    self.layers = int(dims[0])
    self.heads = int(dims[1])
    self.nope = int(dims[2])
    self.rope = int(dims[3])
    self.value = int(dims[4])
    self.latent = int(dims[5])
    self.theta = float(dims[6])
    self.work = int(dims[7])
    self.epsilon = 1e-06
    self.scale = float(self.nope + self.rope) ** -0.5
    rows = annotate(List[int], [])
    columns = annotate(List[int], [])
    sizes = annotate(List[int], [])
    for i in range(torch.size(shapes, 0)):
      r = int(shapes[i][0])
      c = int(shapes[i][1])
      rows = torch.add(rows, [r])
      columns = torch.add(columns, [c])
      sizes = torch.add(sizes, [r * max(c, 1)])
    self.rows = rows
    self.columns = columns
    self.sizes = sizes
    w = torch.clone(weights)
    w.requires_grad_(True)
    self.state = [w, torch.clone(momentum), torch.clone(variance)]
    return [torch.detach(w)]

  # the weights and both optimizer states, as they are now
  def snapshot(self, unused: Tensor) -> List[Tensor]:
    return [torch.clone(torch.detach((self.state)[0])), torch.clone((self.state)[1]), torch.clone((self.state)[2])]

  def views(self, flat: Tensor) -> List[Tensor]:
    parts = torch.split_with_sizes(flat, self.sizes, 0)
    shaped = annotate(List[Tensor], [])
    for i in range(len(parts)):
      if (self.columns)[i] > 0:
        shaped = torch.add(shaped, [torch.view(parts[i], [(self.rows)[i], (self.columns)[i]])])
      else:
        shaped = torch.add(shaped, [parts[i]])
    return shaped

  def norm(self, x: Tensor, weight: Tensor) -> Tensor:
    scale = torch.rsqrt(torch.add(torch.mean(torch.mul(x, x), [-1], True), self.epsilon))
    return torch.mul(torch.mul(x, scale), weight)

  # product of x [N, in] and weight [out, in]
  def product(self, x: Tensor, weight: Tensor) -> Tensor:
    return torch.linear(x.to(self.work), weight.to(self.work))

  # x [N, H, R] by cosine and sine [N, 1, R/2], pairs (2i, 2i+1)
  def rotate(self, x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    even = torch.slice(x, 2, 0, 9223372036854775807, 2)
    odd = torch.slice(x, 2, 1, 9223372036854775807, 2)
    turned = torch.stack([even * cosine - odd * sine, even * sine + odd * cosine], 3)
    return torch.flatten(turned, 2, 3)

  # the r rows of t tokens from `first` on: [N, H, d] -> [r * H, t, d]
  def heads_first(self, x: Tensor, first: int, r: int, t: int) -> Tensor:
    rows = torch.view(torch.narrow(x, 0, first, r * t), [r, t, self.heads, -1])
    return torch.reshape(torch.transpose(rows, 1, 2), [r * self.heads, t, -1])

  # Causal attention inside each row. Plain products: on a CPU the fused attention's gradient is slower.
  # groups [G, 3] = first token, rows, tokens a row; q, k, v [N, H, d] -> [N, H * value]
  def attend(self, q: Tensor, k: Tensor, v: Tensor, groups: List[int]) -> Tensor:
    outputs = annotate(List[Tensor], [])
    for g in range(len(groups) // 3):
      first = groups[3 * g]
      r = groups[3 * g + 1]
      t = groups[3 * g + 2]
      scores = torch.bmm(self.heads_first(q, first, r, t), torch.transpose(self.heads_first(k, first, r, t), 1, 2)).float()
      future = torch.triu(torch.full([t, t], -1e+30, dtype=6, layout=None, device=torch.device("cpu"), pin_memory=False), 1)
      shares = torch.softmax(scores * self.scale + future, -1).to(self.work)
      o = torch.view(torch.bmm(shares, self.heads_first(v, first, r, t)), [r, self.heads, t, -1])
      outputs = torch.add(outputs, [torch.reshape(torch.transpose(o, 1, 2), [r * t, -1])])
    return torch.cat(outputs, 0)

  # x [N, D]; w the weights; at: the layer's first
  def layer(self, x: Tensor, w: List[Tensor], at: int, cosine: Tensor, sine: Tensor, groups: List[int]) -> Tensor:
    h = self.norm(x, w[at])
    q_latent = self.norm(self.product(h, w[at + 1]).float(), w[at + 2])
    q = torch.view(self.product(q_latent, w[at + 3]), [-1, self.heads, self.nope + self.rope])
    kv = self.product(h, w[at + 4])
    kv_latent = self.norm(torch.narrow(kv, 1, 0, self.latent).float(), w[at + 5])
    expanded = torch.view(self.product(kv_latent, w[at + 6]), [-1, self.heads, self.nope + self.value])
    k_rope = self.rotate(torch.unsqueeze(torch.narrow(kv, 1, self.latent, self.rope), 1), cosine, sine)
    q_rope = self.rotate(torch.narrow(q, 2, self.nope, self.rope), cosine, sine)
    queries = torch.cat([torch.narrow(q, 2, 0, self.nope), q_rope.to(self.work)], 2)
    keys = torch.cat([torch.narrow(expanded, 2, 0, self.nope), torch.expand(k_rope.to(self.work), [-1, self.heads, -1])], 2)
    values = torch.narrow(expanded, 2, self.nope, self.value)
    attended = self.attend(queries, keys, values, groups)
    x = x + self.product(attended, w[at + 7])
    h = self.norm(x, w[at + 8]).to(self.work)
    gated = torch.silu(self.product(h, w[at + 9])) * self.product(h, w[at + 10])
    return x + self.product(gated, w[at + 11])

  # tokens, positions [N] -> logits of the rows `targets` [M, V]
  def logits(self, w: List[Tensor], tokens: Tensor, positions: Tensor, groups: Tensor, targets: Tensor) -> Tensor:
    bounds = annotate(List[int], torch.flatten(groups).tolist())
    steps = torch.arange(0, self.rope, 2, dtype=6, layout=None, device=torch.device("cpu"), pin_memory=False)
    frequencies = torch.pow(self.theta, torch.neg(steps) / float(self.rope))
    angles = torch.unsqueeze(torch.outer(positions.float(), frequencies), 1)
    cosine = torch.cos(angles)
    sine = torch.sin(angles)
    x = torch.embedding(w[0], tokens)
    for i in range(self.layers):
      x = self.layer(x, w, 1 + 12 * i, cosine, sine, bounds)
    last = self.norm(torch.index_select(x, 0, targets), w[1 + 12 * self.layers])
    return self.product(last, w[0]).float()

  # Muon's orthogonalised update of a gradient [r, c] (Jordan et al. 2024): five Newton-Schulz steps
  def orthogonal(self, gradient: Tensor) -> Tensor:
    tall = torch.size(gradient, 0) > torch.size(gradient, 1)
    x = gradient.to(self.work)
    if tall:
      x = torch.t(x)
    x = x / (torch.norm(x.float()) + 1e-7).to(self.work)
    for i in range(5):
      a = torch.matmul(x, torch.t(x))
      b = a * -4.7750 + torch.matmul(a, a) * 2.0315
      x = x * 3.4445 + torch.matmul(b, x)
    if tall:
      x = torch.t(x)
    scale = max(1., float(torch.size(gradient, 0)) / float(torch.size(gradient, 1))) ** 0.5
    return x.float() * scale

  # One training step. expected [M] token ids; rates [4] = AdamW rate, Muon rate, weight decay, step from 1.
  # Matrices inside the layers learn by Muon, the embedding and the norms by AdamW.
  def step(self, tokens: Tensor, positions: Tensor, groups: Tensor, targets: Tensor, expected: Tensor, rates: Tensor) -> List[Tensor]:
    flat = (self.state)[0]
    momentum = (self.state)[1]
    variance = (self.state)[2]
    logits = self.logits(self.views(flat), tokens, positions, groups, targets)
    loss = torch.cross_entropy_loss(logits, expected)
    gradient = unchecked_cast(Tensor, torch.autograd.grad([loss], [flat])[0])
    size = torch.norm(gradient)
    clipped = gradient / torch.clamp(size, 1.)
    adam_rate = float(rates[0])
    muon_rate = float(rates[1])
    decay = float(rates[2])
    count = float(rates[3])
    w = self.views(torch.detach(flat))
    m = self.views(momentum)
    v = self.views(variance)
    raw = self.views(gradient)
    soft = self.views(clipped)
    for i in range(len(w)):
      if i > 0 and (self.columns)[i] > 0:
        m[i].mul_(0.95).add_(raw[i], alpha=0.05)
        w[i].mul_(1. - muon_rate * decay)
        w[i].add_(self.orthogonal(raw[i] * 0.05 + m[i] * 0.95), alpha=-muon_rate)
      else:
        m[i].mul_(0.9).add_(soft[i], alpha=0.1)
        v[i].mul_(0.98).addcmul_(soft[i], soft[i], value=0.02)
        unbiased = torch.sqrt(v[i] / (1. - 0.98 ** count)) + 1e-8
        w[i].addcdiv_(m[i] / (1. - 0.9 ** count), unbiased, value=-adam_rate)
    return [torch.detach(loss), torch.detach(size)]

  # whether the likeliest token is the expected one, for every target [M]; and the loss
  def correct(self, tokens: Tensor, positions: Tensor, groups: Tensor, targets: Tensor, expected: Tensor) -> List[Tensor]:
    logits = self.logits(self.views(torch.detach((self.state)[0])), tokens, positions, groups, targets)
    return [torch.eq(torch.argmax(logits, 1), expected).to(3), torch.cross_entropy_loss(logits, expected)]
