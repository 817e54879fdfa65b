# A dense multi-head-latent-attention model (DeepSeek V2 and V3): its weights, its cache, its arithmetic.
# Java decides who runs, on which pages, and which token is chosen.
#
# Axes: T rows of a step, one token each     Q blocks of rows that share a sequence    B rows of a block
#       H heads     L latent     D = L + rotary, what the cache keeps of a token     P tokens of a page
#       S rows that sample     V vocabulary
class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]
  heads : int
  nope : int
  rope : int
  latent : int
  work_type : int  # of matrices, their inputs, and the cache; all else is float32
  epsilon : float
  score_scale : float
  rotary_magnitude : float
  rotary_frequencies : List[Tensor]  # one [rotary / 2], float64
  embedding : List[Tensor]  # one [V, hidden]
  final_norm : List[Tensor]  # one [hidden]
  output : List[Tensor]  # one [V, hidden]
  attention_norm : List[Tensor]  # a layer: [hidden]
  down : List[Tensor]  # a layer: [query rank + D, hidden]; without compression H * (nope + rope) for query rank
  query_norm : List[Tensor]  # a layer: [query rank]; none without compression
  query_up : List[Tensor]  # a layer: [H * (nope + rope), query rank]; none without compression
  latent_norm : List[Tensor]  # a layer: [L]
  key_up : List[Tensor]  # a layer: [H, nope, L]
  value_up : List[Tensor]  # a layer: [H, L, value]
  attention_out : List[Tensor]  # a layer: [hidden, H * value]
  feed_forward_norm : List[Tensor]  # a layer: [hidden]
  gate_up : List[Tensor]  # a layer: [2 * inner, hidden]
  feed_forward_down : List[Tensor]  # a layer: [hidden, inner]
  cache : List[Tensor]  # a layer: [pages, P, D]

  def configure(self, sizes: List[int], scales: List[float], frequencies: Tensor) -> int:
    self.heads, self.nope, self.rope, self.latent, self.work_type, = sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]
    self.epsilon, self.score_scale, self.rotary_magnitude, = scales[0], scales[1], scales[2]
    self.rotary_frequencies = [torch.clone(frequencies)]
    return 0

  # bytes [n] of a stored tensor of that type and shape; vectors stay float32
  def weight(self, bytes: Tensor, stored_type: int, shape: List[int]) -> Tensor:
    stored = torch.reshape(torch.view_copy(bytes, dtype=stored_type), shape)
    kept = self.work_type
    if torch.len(shape) == 1:
      kept = 6
    return stored.to(kept)

  def set_ends(self, embedding: Tensor, final_norm: Tensor, output: Tensor) -> int:
    self.embedding = [embedding]
    self.final_norm = [final_norm]
    self.output = [output]
    return 0

  # the tensors of a layer in the order of the checkpoint
  def add_layer(self, w: List[Tensor]) -> int:
    torch.append(self.attention_norm, w[0])
    first = 2
    if torch.len(w) == 12:
      torch.append(self.query_norm, w[2])
      torch.append(self.query_up, w[3])
      first = 4
    torch.append(self.down, torch.cat([w[1], w[first]], 0))
    torch.append(self.latent_norm, w[first + 1])
    up = torch.reshape(w[first + 2], [self.heads, -1, self.latent])
    torch.append(self.key_up, torch.clone(up[:, :self.nope], memory_format=0))
    torch.append(self.value_up, torch.clone(torch.transpose(up[:, self.nope:], 1, 2), memory_format=0))
    torch.append(self.attention_out, w[first + 3])
    torch.append(self.feed_forward_norm, w[first + 4])
    torch.append(self.gate_up, torch.cat([w[first + 5], w[first + 6]], 0))
    torch.append(self.feed_forward_down, w[first + 7])
    return torch.len(self.down)

  def allocate(self, pages: int, page_tokens: int) -> int:
    for layer in range(torch.len(self.down)):
      shape = [pages, page_tokens, self.latent + self.rope]
      torch.append(self.cache, torch.zeros(shape, dtype=self.work_type, device=(self.embedding)[0].device))
    return torch.len(self.cache)

  # One step for every row: the latents of all rows go to the cache, and the rows that sample are scored.
  #
  # tokens, positions, slots [T]: a row's token, its place in its sequence, its place in the cache (page * P + offset).
  # The first rows are decodes, blocks of one row each; blocks of prefill rows follow.
  # pages [Q, K]: the pages of each block's sequence, in order.
  # tiles: tiles[k] says how many blocks see page k of their sequence; the blocks that see most come first.
  # sampling [S], inverse_temperatures [S]; candidates: how many of the likeliest tokens to give.
  #
  # Gives logits [S, V], numbers [S, 3 + candidates] and ids [S, 1 + candidates], described at score.
  def step(self, tokens: Tensor, positions: Tensor, slots: Tensor,
           decode_pages: Tensor, decode_tiles: List[int], prefill_pages: Tensor, prefill_tiles: List[int],
           sampling: Tensor, inverse_temperatures: Tensor, candidates: int) -> List[Tensor]:
    x = torch.embedding((self.embedding)[0], tokens).to(6)  # [T, hidden]
    angles = torch.unsqueeze(positions, 1) * (self.rotary_frequencies)[0]  # [T, rotary / 2]
    cos = (torch.cos(angles) * self.rotary_magnitude).to(6)
    sin = (torch.sin(angles) * self.rotary_magnitude).to(6)
    for layer in range(torch.len(self.down)):
      x = x + self.attention(layer, x, cos, sin, positions, slots, decode_pages, decode_tiles, prefill_pages, prefill_tiles)
      x = x + self.feed_forward(layer, x)
    return self.score(torch.index_select(x, 0, sampling), inverse_temperatures, candidates)

  # x [T, hidden] to [T, hidden]
  def attention(self, layer: int, x: Tensor, cos: Tensor, sin: Tensor, positions: Tensor, slots: Tensor,
                decode_pages: Tensor, decode_tiles: List[int], prefill_pages: Tensor, prefill_tiles: List[int]) -> Tensor:
    D = self.latent + self.rope
    cache = (self.cache)[layer]
    down = torch.linear(self.norm(x, (self.attention_norm)[layer]), (self.down)[layer])  # [T, query rank + D]
    self.remember(layer, cache, down[:, -D:], cos, sin, slots)
    queries = self.absorbed_queries(layer, down[:, :-D], cos, sin)  # [T, H, D]
    decodes = torch.size(decode_pages, 0)
    seen = torch.cat([
      self.attend(cache, queries[:decodes], positions[:decodes], decode_pages, decode_tiles),
      self.attend(cache, queries[decodes:], positions[decodes:], prefill_pages, prefill_tiles)], 0)  # [T, H, L]
    values = torch.bmm(torch.transpose(seen, 0, 1), (self.value_up)[layer])  # [H, T, value]
    heads = torch.reshape(torch.transpose(values, 0, 1), [torch.size(x, 0), -1])  # [T, H * value]
    return torch.linear(heads, (self.attention_out)[layer]).to(6)

  # Writes the rows' latents and rotary keys, down [T, D], to the cache; never a NaN, which would spread to whoever has
  # the page next, even where it is masked.
  def remember(self, layer: int, cache: Tensor, down: Tensor, cos: Tensor, sin: Tensor, slots: Tensor) -> int:
    latent = self.norm(down[:, :self.latent].to(6), (self.latent_norm)[layer])  # [T, L]
    key = self.rotate(down[:, self.latent:].to(6), cos, sin).to(self.work_type)  # [T, rotary]
    flat = torch.view(cache, [-1, self.latent + self.rope])
    torch.index_copy_(flat, 0, slots, torch.nan_to_num(torch.cat([latent, key], 1), 0., 0., 0.))
    return 0

  # Queries that meet the cache as it is: the key half of the up-projection is folded into them, and the score's scale.
  # down [T, query rank] to [T, H, D]
  def absorbed_queries(self, layer: int, down: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    projected = down
    if torch.len(self.query_up) > 0:
      projected = torch.linear(self.norm(down.to(6), (self.query_norm)[layer]), (self.query_up)[layer])
    q = torch.reshape(projected, [torch.size(down, 0), self.heads, -1])  # [T, H, nope + rotary]
    nope = torch.bmm(torch.transpose(q[:, :, :self.nope], 0, 1), (self.key_up)[layer])  # [H, T, L]
    rope = self.rotate(q[:, :, self.nope:].to(6), torch.unsqueeze(cos, 1), torch.unsqueeze(sin, 1))  # [T, H, rotary]
    return (torch.cat([torch.transpose(nope, 0, 1).to(6), rope], 2) * self.score_scale).to(self.work_type)

  # Attention in tiles of one page at absolute positions, merged in ascending order by their log-sum-exp.
  # cache [pages, P, D], queries [Q * B, H, D], positions [Q * B], pages [Q, K] to [Q * B, H, L]
  def attend(self, cache: Tensor, queries: Tensor, positions: Tensor, pages: Tensor, tiles: List[int]) -> Tensor:
    blocks = torch.size(pages, 0)
    rows = torch.size(queries, 0) * self.heads // max(blocks, 1)  # B * H
    P = torch.size(cache, 1)
    q = torch.reshape(queries, [blocks, rows, torch.size(cache, 2)])  # [Q, B * H, D]
    last = torch.reshape(torch.repeat_interleave(positions, self.heads), [blocks, rows, 1])  # the last position a row sees
    offsets = torch.arange(P, device=cache.device)  # [P]
    best = torch.full([blocks, rows, 1], -inf, dtype=6, device=cache.device)
    total = torch.zeros([blocks, rows, 1], dtype=6, device=cache.device)
    out = torch.zeros([blocks, rows, self.latent], dtype=6, device=cache.device)
    for k in range(torch.len(tiles)):
      n = tiles[k]
      tile = torch.index_select(cache, 0, pages[:n, k])  # [n, P, D]
      scores = torch.bmm(q[:n], torch.transpose(tile, 1, 2)).to(6)  # [n, B * H, P]
      scores = torch.masked_fill(scores, (offsets + k * P) > last[:n], -inf)
      peak = torch.maximum(best[:n], torch.amax(scores, [-1], True))
      weights = torch.exp(scores - peak)
      fade = torch.exp(best[:n] - peak)
      torch.copy_(best[:n], peak)
      torch.add_(torch.mul_(total[:n], fade), torch.sum(weights, [-1], True))
      seen = torch.bmm(weights.to(self.work_type), tile[:, :, :self.latent])  # [n, B * H, L]
      torch.add_(torch.mul_(out[:n], fade), seen)
    return torch.reshape((out / total).to(self.work_type), [-1, self.heads, self.latent])

  # x [T, hidden] to [T, hidden]
  def feed_forward(self, layer: int, x: Tensor) -> Tensor:
    both = torch.linear(self.norm(x, (self.feed_forward_norm)[layer]), (self.gate_up)[layer])  # [T, 2 * inner]
    gate, up, = torch.chunk(both, 2, 1)
    return torch.linear(torch.silu(gate) * up, (self.feed_forward_down)[layer]).to(6)

  # x [.., n] float32 to [.., n] in the type of the matrices
  def norm(self, x: Tensor, weight: Tensor) -> Tensor:
    scale = torch.rsqrt(torch.mean(x * x, [-1], True) + self.epsilon)
    return (x * scale * weight).to(self.work_type)

  # Turns the pairs (2i, 2i + 1). x [.., rotary], cos and sin [.., rotary / 2]
  def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    even = x[..., 0::2]
    odd = x[..., 1::2]
    return torch.flatten(torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1), -2)

  # x [S, hidden]. numbers: the likeliest token's logit, the log-sum-exp of the logits, the same of the logits over the
  # temperature, and the largest logits, descending. ids: the likeliest token, then those of the largest logits.
  def score(self, x: Tensor, inverse_temperatures: Tensor, candidates: int) -> List[Tensor]:
    logits = torch.linear(self.norm(x, (self.final_norm)[0]), (self.output)[0]).to(6)  # [S, V]
    best, best_ids, = torch.max(logits, 1, True)
    sums = torch.logsumexp(logits, [1], True)
    tempered = sums
    if candidates > 0:
      tempered = torch.logsumexp(logits * torch.unsqueeze(inverse_temperatures, 1), [1], True)
    values, ids, = torch.topk(logits, candidates, 1)
    return [logits, torch.cat([best, sums, tempered, values], 1), torch.cat([best_ids, ids], 1)]
