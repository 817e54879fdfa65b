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
  work_type : int  # of the cache and of the products that meet it
  linear_type : int  # of what linear layers take: the work type, or float32 where they are int8
  levels : int  # to which the inputs of int8 layers are brought, on either side of zero; 0 where layers are not int8
  threads : int
  epsilon : float
  score_scale : float
  rotary_magnitude : float
  rotary_frequencies : List[Tensor]  # one [rotary / 2], float64
  rotations : List[Tensor]  # cosines and sines, each [positions, rotary / 2]
  dense : List[Tensor]  # linear layers, unless they are int8
  packed : List[Tensor]  # linear layers that are int8, as the kernel wants them
  packed_scales : List[Tensor]  # of those layers, each [out]
  # Numbers stand for linear layers, in the order in which they were kept; behind them their shapes.
  embedding : List[Tensor]  # one [V, hidden]
  final_norm : List[Tensor]  # one [hidden]
  output : List[int]  # one [V, hidden]
  attention_norm : List[Tensor]  # a layer: [hidden]
  down : List[int]  # a layer: [query rank + D, hidden]; without compression H * (nope + rope) for query rank
  query_norm : List[Tensor]  # a layer: [query rank]; none without compression
  query_up : List[int]  # a layer: [H * (nope + rope), query rank]; none without compression
  latent_norm : List[Tensor]  # a layer: [L]
  key_up : List[Tensor]  # a layer: [H, nope, L]
  value_up : List[Tensor]  # a layer: [H, L, value]
  attention_out : List[int]  # a layer: [hidden, H * value]
  feed_forward_norm : List[Tensor]  # a layer: [hidden]
  gate_up : List[int]  # a layer: [2 * inner, hidden]
  feed_forward_down : List[int]  # a layer: [hidden, inner]
  cache : List[Tensor]  # a layer: [pages, P, D]

  def configure(self, sizes: List[int], types: List[int], threads: int, scales: List[float], frequencies: Tensor) -> int:
    self.heads, self.nope, self.rope, self.latent, = sizes[0], sizes[1], sizes[2], sizes[3]
    self.work_type, self.linear_type, self.levels, = types[0], types[1], types[2]
    self.threads = threads
    self.epsilon, self.score_scale, self.rotary_magnitude, = scales[0], scales[1], scales[2]
    self.rotary_frequencies = [torch.clone(frequencies)]
    return 0

  # bytes [n] of a stored tensor of that type and shape; vectors become float32, matrices stay as stored until they are kept
  def weight(self, bytes: Tensor, stored_type: int, shape: List[int]) -> Tensor:
    stored = torch.reshape(torch.view_copy(bytes, dtype=stored_type), shape)
    if torch.len(shape) == 1:
      stored = stored.to(6)
    return stored

  # Keeps a linear layer, weight [out, in], and gives its number. Int8 has a scale for each output.
  def keep(self, weight: Tensor) -> int:
    if self.levels == 0:
      torch.append(self.dense, weight.to(self.work_type))
      return torch.len(self.dense) - 1
    exact = weight.to(6)
    scales = torch.clamp_min(torch.amax(torch.abs(exact), [1]) / 127., 1e-30)
    rounded = torch.clamp(torch.round(exact / torch.unsqueeze(scales, 1)), -127, 127).to(1)
    torch.append(self.packed, ops.onednn.qlinear_prepack(rounded, None))
    torch.append(self.packed_scales, scales)
    return torch.len(self.packed) - 1

  def set_ends(self, embedding: Tensor, final_norm: Tensor, output: Tensor) -> int:
    self.embedding = [embedding.to(self.work_type)]
    self.final_norm = [final_norm]
    self.output = [self.keep(output)]
    return 0

  # the tensors of a layer in the order of the checkpoint
  def add_layer(self, w: List[Tensor]) -> int:
    torch.append(self.attention_norm, w[0])
    first = 2
    if torch.len(w) == 12:
      torch.append(self.query_norm, w[2])
      torch.append(self.query_up, self.keep(w[3]))
      first = 4
    torch.append(self.down, self.keep(torch.cat([w[1], w[first]], 0)))
    torch.append(self.latent_norm, w[first + 1])
    up = torch.reshape(w[first + 2].to(self.work_type), [self.heads, -1, self.latent])
    torch.append(self.key_up, torch.clone(up[:, :self.nope], memory_format=0))
    torch.append(self.value_up, torch.clone(torch.transpose(up[:, self.nope:], 1, 2), memory_format=0))
    torch.append(self.attention_out, self.keep(w[first + 3]))
    torch.append(self.feed_forward_norm, w[first + 4])
    torch.append(self.gate_up, self.keep(torch.cat([w[first + 5], w[first + 6]], 0)))
    torch.append(self.feed_forward_down, self.keep(w[first + 7]))
    return torch.len(self.down)

  # positions: how many a sequence can have
  def allocate(self, pages: int, page_tokens: int, positions: int) -> int:
    # Whole vectors, so that a position's numbers don't depend on how many there are.
    steps = torch.arange((positions + 63) // 64 * 64, device=(self.embedding)[0].device)
    angles = torch.unsqueeze(steps, 1) * (self.rotary_frequencies)[0]  # [positions, rotary / 2]
    self.rotations = [(torch.cos(angles) * self.rotary_magnitude).to(6), (torch.sin(angles) * self.rotary_magnitude).to(6)]
    for layer in range(torch.len(self.down)):
      shape = [pages, page_tokens, self.latent + self.rope]
      torch.append(self.cache, torch.zeros(shape, dtype=self.work_type, device=(self.embedding)[0].device))
    return torch.len(self.cache)

  # One step for every row: the latents of all rows go to the cache, and the rows that sample are scored.
  #
  # tokens, positions, slots [T]: a row's token, its place in its sequence, its place in the cache (page * P + offset).
  # The first rows are decodes, blocks of one row each; blocks of prefill rows follow.
  # blocks: the pages [Q, K] of each block's own tiles, in order; the positions [Q] at which those start; and the members
  # of all groups of blocks that share tiles.
  # tiles: tiles[k] says how many blocks have more than k own tiles; the blocks with the most come first.
  # shared, for each group: how many blocks it has, how many tiles they share, and those tiles' pages.
  # sampling [S], inverse_temperatures [S]; candidates: how many of the likeliest tokens to give.
  #
  # Gives logits [S, V], numbers [S, 3 + candidates] and ids [S, 1 + candidates], described at score.
  def step(self, tokens: Tensor, positions: Tensor, slots: Tensor,
           decodes: List[Tensor], decode_tiles: List[int], decode_shared: List[int],
           prefills: List[Tensor], prefill_tiles: List[int], prefill_shared: List[int],
           sampling: Tensor, inverse_temperatures: Tensor, candidates: int) -> List[Tensor]:
    x = torch.embedding((self.embedding)[0], tokens).to(6)  # [T, hidden]
    cos = torch.index_select((self.rotations)[0], 0, positions)  # [T, rotary / 2]
    sin = torch.index_select((self.rotations)[1], 0, positions)
    for layer in range(torch.len(self.down)):
      x = x + self.attention(layer, x, cos, sin, positions, slots, decodes, decode_tiles, decode_shared, prefills,
                             prefill_tiles, prefill_shared)
      x = x + self.feed_forward(layer, x)
    return self.score(torch.index_select(x, 0, sampling), inverse_temperatures, candidates)

  # x [T, hidden] to [T, hidden]
  def attention(self, layer: int, x: Tensor, cos: Tensor, sin: Tensor, positions: Tensor, slots: Tensor,
                decodes: List[Tensor], decode_tiles: List[int], decode_shared: List[int],
                prefills: List[Tensor], prefill_tiles: List[int], prefill_shared: List[int]) -> Tensor:
    D = self.latent + self.rope
    cache = (self.cache)[layer]
    down = self.linear(self.norm(x, (self.attention_norm)[layer], self.linear_type), (self.down)[layer])  # [T, query rank + D]
    self.remember(layer, cache, down[:, -D:], cos, sin, slots)
    queries = self.absorbed_queries(layer, down[:, :-D], cos, sin)  # [T, H, D]
    n = torch.size(decodes[0], 0)
    seen = torch.cat([
      self.attend(cache, queries[:n], positions[:n], decodes, decode_tiles, decode_shared),
      self.attend(cache, queries[n:], positions[n:], prefills, prefill_tiles, prefill_shared)], 0)  # [T, H, L]
    values = torch.bmm(torch.transpose(seen, 0, 1), (self.value_up)[layer])  # [H, T, value]
    heads = torch.reshape(torch.transpose(values, 0, 1), [torch.size(x, 0), -1])  # [T, H * value]
    return self.linear(heads, (self.attention_out)[layer]).to(6)

  # Writes the rows' latents and rotary keys, down [T, D], to the cache; never a NaN, which would spread to whoever has
  # the page next, even where it is masked.
  def remember(self, layer: int, cache: Tensor, down: Tensor, cos: Tensor, sin: Tensor, slots: Tensor) -> int:
    latent = self.norm(down[:, :self.latent].to(6), (self.latent_norm)[layer], self.work_type)  # [T, L]
    key = self.rotate(down[:, self.latent:].to(6), cos, sin).to(self.work_type)  # [T, rotary]
    flat = torch.view(cache, [-1, self.latent + self.rope])
    torch.index_copy_(flat, 0, slots, torch.nan_to_num(torch.cat([latent, key], 1), 0., 0., 0.))
    return 0

  # Queries that meet the cache as it is: the key half of the up-projection is folded into them, and the score's scale.
  # down [T, query rank] to [T, H, D]
  def absorbed_queries(self, layer: int, down: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    projected = down
    if torch.len(self.query_up) > 0:
      projected = self.linear(self.norm(down.to(6), (self.query_norm)[layer], self.linear_type), (self.query_up)[layer])
    q = torch.reshape(projected, [torch.size(down, 0), self.heads, -1])  # [T, H, nope + rotary]
    nope = torch.bmm(torch.transpose(q[:, :, :self.nope].to(self.work_type), 0, 1), (self.key_up)[layer])  # [H, T, L]
    rope = self.rotate(q[:, :, self.nope:].to(6), torch.unsqueeze(cos, 1), torch.unsqueeze(sin, 1))  # [T, H, rotary]
    return (torch.cat([torch.transpose(nope, 0, 1).to(6), rope], 2) * self.score_scale).to(self.work_type)

  # Attention in tiles of one page at absolute positions, merged in ascending order by their log-sum-exp.
  # cache [pages, P, D], queries [Q * B, H, D], positions [Q * B] to [Q * B, H, L]
  def attend(self, cache: Tensor, queries: Tensor, positions: Tensor, blocks: List[Tensor], tiles: List[int],
             shared: List[int]) -> Tensor:
    pages, starts, members, = blocks[0], blocks[1], blocks[2]
    Q = torch.size(pages, 0)
    rows = torch.size(queries, 0) * self.heads // max(Q, 1)  # B * H
    q = torch.reshape(queries, [Q, rows, torch.size(cache, 2)])  # [Q, B * H, D]
    best = torch.full([Q, rows, 1], -inf, dtype=6, device=cache.device)
    total = torch.zeros([Q, rows, 1], dtype=6, device=cache.device)
    out = torch.zeros([Q, rows, self.latent], dtype=6, device=cache.device)
    self.attend_shared(cache, q, members, shared, best, total, out)
    P = torch.size(cache, 1)
    last = torch.reshape(torch.repeat_interleave(positions, self.heads), [Q, rows, 1])  # the last position a row sees
    here = torch.reshape(starts, [Q, 1, 1]) + torch.arange(P, device=cache.device)  # [Q, 1, P]
    for k in range(torch.len(tiles)):
      n = tiles[k]
      tile = torch.index_select(cache, 0, pages[:n, k])  # [n, P, D]
      scores = torch.bmm(q[:n], torch.transpose(tile, 1, 2)).to(6)  # [n, B * H, P]
      scores = torch.masked_fill(scores, (here[:n] + k * P) > last[:n], -inf)
      self.merge(scores, tile, best[:n], total[:n], out[:n])
    return torch.reshape((out / total).to(self.work_type), [-1, self.heads, self.latent])

  # The tiles that groups of blocks share: one product for a group, of which every row sees all of the tile.
  # q [Q, B * H, D]; best, total [Q, B * H, 1] and out [Q, B * H, L] are updated
  def attend_shared(self, cache: Tensor, q: Tensor, members: Tensor, shared: List[int],
                    best: Tensor, total: Tensor, out: Tensor) -> int:
    at = 0
    first = 0
    while at < torch.len(shared):
      who = members[first:first + shared[at]]  # G of the Q blocks
      rows = [1, shared[at] * torch.size(q, 1), -1]
      group_q = torch.reshape(torch.index_select(q, 0, who), rows)  # [1, G * B * H, D]
      group_best = torch.reshape(torch.index_select(best, 0, who), rows)
      group_total = torch.reshape(torch.index_select(total, 0, who), rows)
      group_out = torch.reshape(torch.index_select(out, 0, who), rows)
      for k in range(shared[at + 1]):
        page = shared[at + 2 + k]
        tile = cache[page:page + 1]  # [1, P, D]
        scores = torch.bmm(group_q, torch.transpose(tile, 1, 2)).to(6)  # [1, G * B * H, P]
        self.merge(scores, tile, group_best, group_total, group_out)
      rows_again = [shared[at], torch.size(q, 1), -1]
      torch.index_copy_(best, 0, who, torch.reshape(group_best, rows_again))
      torch.index_copy_(total, 0, who, torch.reshape(group_total, rows_again))
      torch.index_copy_(out, 0, who, torch.reshape(group_out, rows_again))
      first = first + shared[at]
      at = at + 2 + shared[at + 1]
    return first

  # Adds what rows see in a tile: scores [n, R, P], tile [n, P, D]; best, total [n, R, 1] and out [n, R, L] are updated.
  def merge(self, scores: Tensor, tile: Tensor, best: Tensor, total: Tensor, out: Tensor) -> int:
    peak = torch.maximum(best, torch.amax(scores, [-1], True))
    weights = self.exp(scores - peak)
    fade = self.exp(best - peak)
    torch.copy_(best, peak)
    torch.add_(torch.mul_(total, fade), torch.sum(weights, [-1], True))
    torch.add_(torch.mul_(out, fade), torch.bmm(weights.to(self.work_type), tile[:, :, :self.latent]))
    return 0

  # x [T, hidden] to [T, hidden]
  def feed_forward(self, layer: int, x: Tensor) -> Tensor:
    both = self.linear(self.norm(x, (self.feed_forward_norm)[layer], self.linear_type), (self.gate_up)[layer])  # [T, 2 * inner]
    gate, up, = torch.chunk(both, 2, 1)
    return self.linear(torch.mul_(self.silu(gate), up), (self.feed_forward_down)[layer]).to(6)

  # x [T, in] times a kept layer [out, in] to [T, out], in the linear type
  def linear(self, x: Tensor, number: int) -> Tensor:
    if self.levels == 0:
      return torch.linear(x, (self.dense)[number])
    scales = (self.packed_scales)[number]
    if torch.size(x, 0) == 0:
      return torch.zeros([0, torch.size(scales, 0)], dtype=6)
    # Every row has a scale of its own, so that none meets another's; what isn't finite stays in its row by way of its peak.
    peak = torch.clamp_min(torch.amax(torch.abs(x.to(6)), [1], True), 1e-30)  # [T, 1]
    step, zero = 1. / float(self.levels), self.levels + 1
    rows = torch.int_repr(torch.quantize_per_tensor(x / peak, step, zero, 13))  # [T, in], unsigned
    zeros = torch.zeros([1], dtype=3)
    products = ops.onednn.qlinear_pointwise(rows, step, zero, (self.packed)[number], scales, zeros, None, 1., 0, 6,
                                            "none", annotate(List[Optional[number]], []), "none")
    return torch.mul_(products, peak)

  # x [.., n] float32 to [.., n] in that type
  def norm(self, x: Tensor, weight: Tensor, type: int) -> Tensor:
    scale = torch.rsqrt(torch.mean(x * x, [-1], True) + self.epsilon)
    return (x * scale * weight).to(type)

  # Vector loops compute the numbers that don't fill a vector by another formula, which may differ in the last bit, and
  # every thread's share has an end. So that a number's result doesn't depend on its place, shares are made whole vectors.
  def exp(self, x: Tensor) -> Tensor:
    whole = self.whole(torch.numel(x), 2048)
    if whole == torch.numel(x):
      return torch.exp(x)
    return torch.reshape(torch.exp(self.padded(x, whole))[:torch.numel(x)], torch.size(x))

  # x [T, n], which may be overwritten
  def silu(self, x: Tensor) -> Tensor:
    whole = self.whole(torch.numel(x), 32768)
    if whole == torch.numel(x) and torch.size(x, 1) % 64 == 0:
      return torch.silu_(x)
    return torch.reshape(torch.silu(self.padded(x, whole))[:torch.numel(x)], torch.size(x))

  # The least count of numbers, at least that many, whose shares are whole vectors; no share is below the grain.
  def whole(self, count: int, grain: int) -> int:
    whole = (count + 63) // 64 * 64
    while whole % (64 * max(1, min(self.threads, (whole + grain - 1) // grain))) != 0:
      whole = whole + 64
    return whole

  def padded(self, x: Tensor, count: int) -> Tensor:
    return torch.constant_pad_nd(torch.reshape(x, [-1]), [0, count - torch.numel(x)], 0.)

  # Turns the pairs (2i, 2i + 1). x [.., rotary], cos and sin [.., rotary / 2]
  def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    even = x[..., 0::2]
    odd = x[..., 1::2]
    return torch.flatten(torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1), -2)

  # x [S, hidden]. numbers: the likeliest token's logit, the log-sum-exp of the logits, the same of the logits over the
  # temperature, and the largest logits, descending. ids: the likeliest token, then those of the largest logits.
  def score(self, x: Tensor, inverse_temperatures: Tensor, candidates: int) -> List[Tensor]:
    logits = self.linear(self.norm(x, (self.final_norm)[0], self.linear_type), (self.output)[0]).to(6)  # [S, V]
    best, best_ids, = torch.max(logits, 1, True)
    sums = self.log_sum(logits, best, best_ids)
    tempered = sums
    if candidates > 0:
      inverse = torch.unsqueeze(inverse_temperatures, 1)
      tempered = self.log_sum(logits * inverse, best * inverse, best_ids)
    values, ids, = torch.topk(logits, min(candidates, torch.size(logits, 1)), 1)
    return [logits, torch.cat([best, sums, tempered, values], 1), torch.cat([best_ids, ids], 1)]

  # The log-sum-exp of each row of logits [S, V], by its largest number and that one's place, both [S, 1].
  def log_sum(self, logits: Tensor, best: Tensor, best_ids: Tensor) -> Tensor:
    return best - torch.gather(torch.log_softmax(logits, 1), 1, best_ids)
