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
  levels : int  # to which the inputs of int8 matrices are brought, on either side of zero; 0 where none is int8
  wide_sums : bool  # whether int8 products are summed in 32 bits, by oneDNN; else pairs of them in 16 bits, by FBGEMM
  group : int  # numbers of an int4 weight's row that share a scale; 0 where layers are not int4
  threads : int  # that share an operator's work, as silu minds; on a GPU as if there were one
  epsilon : float
  score_scale : float
  rotary_magnitude : float
  rotary_frequencies : List[Tensor]  # one [rotary / 2], float64
  rotations : List[Tensor]  # cosines and sines, each [positions, rotary], the first half of the sines negative
  dense : List[Tensor]  # linear layers, unless they are int8 or int4
  packed : List[Tensor]  # linear layers that are int8 or int4, as the kernel wants them
  packed_scales : List[Tensor]  # of those layers: int8 [out], int4 [in / group, out, 2], a scale and what stands for 8
  fbgemm : List[__torch__.torch.classes.quantized.LinearPackedParamsBase]  # int8 layers, where FBGEMM multiplies them
  fbgemm_bytes : int
  # Numbers stand for linear layers, in the order in which they were kept; behind them their shapes.
  embedding : List[Tensor]  # one [V, hidden]
  final_norm : List[Tensor]  # one [hidden]; norm weights are times the root of their length
  output : List[int]  # one [V, hidden]
  attention_norm : List[Tensor]  # a layer: [hidden]
  down : List[int]  # a layer: [query rank + D, hidden]; without compression H * (nope + rope) for query rank
  query_norm : List[Tensor]  # a layer: [query rank]; none without compression
  query_up : List[int]  # a layer: [H * (nope + rope), query rank]; none without compression
  latent_norm : List[Tensor]  # a layer: [L]
  key_up : List[Tensor]  # a layer: [H, nope, L], times the score's scale
  value_up : List[Tensor]  # a layer: [H, L, value]
  attention_out : List[int]  # a layer: [hidden, H * value]
  feed_forward_norm : List[Tensor]  # a layer: [hidden]
  gate_up : List[int]  # a layer: [2 * inner, hidden]
  feed_forward_down : List[int]  # a layer: [hidden, inner]
  cache : List[Tensor]  # a layer: [pages, P, D]
  full_level : List[Tensor]  # one [1]: the levels of int8 inputs
  no_zeros : List[Tensor]  # one [1]: the zero point of int8 weights
  coming : List[Tensor]  # the matrix whose rows come at present, as begin says
  held : int  # how that one is held

  # As the fields of those names; frequencies: the rotary ones, [rotary / 2], float64
  def configure(self, heads: int, nope: int, rope: int, latent: int, work_type: int, linear_type: int, levels: int,
                wide_sums: bool, group: int, threads: int, epsilon: float, score_scale: float, rotary_magnitude: float,
                frequencies: Tensor) -> int:
    self.heads, self.nope, self.rope, self.latent, = heads, nope, rope, latent
    self.work_type, self.linear_type, self.levels, self.wide_sums, self.group, = work_type, linear_type, levels, wide_sums, group
    self.threads = threads
    if frequencies.is_cuda:
      self.threads = 1
    self.epsilon, self.score_scale, self.rotary_magnitude, = epsilon, score_scale, rotary_magnitude
    self.rotary_frequencies = [torch.clone(frequencies)]
    self.full_level = [torch.full([1], float(levels), dtype=6, device=frequencies.device)]
    self.no_zeros = [torch.zeros([1], dtype=3, device=frequencies.device)]
    return 0

  # Matrices come some rows at a time, so that none stands in memory twice: begin, take for all rows in their order, and
  # then keep where it is a linear layer.
  #
  # held: the type of plain numbers; or 1 for int8, with a scale for each output; or 0 for int4, packed, with two numbers
  # for each group, a scale and what stands for 8
  def begin(self, rows: int, columns: int, held: int) -> int:
    device = (self.no_zeros)[0].device
    self.held = held
    if held == 0:
      self.coming = [torch.empty([rows, columns // 2], dtype=0, device=device),
                     torch.empty([columns // self.group, rows, 2], dtype=15, device=device)]
    elif held == 1:
      self.coming = [torch.empty([rows, columns], dtype=1, device=device), torch.empty([rows], dtype=6, device=device)]
    else:
      self.coming = [torch.empty([rows, columns], dtype=held, device=device)]
    return 0

  # The rows from that one on. bytes [n * bytes of a row], which may be overwritten, of numbers of a type; 0 for numbers of
  # 4 bits: for each row a byte of 0 to 15 for each, then two floats for each group of them
  def take(self, first: int, columns: int, bytes: Tensor, number_type: int) -> int:
    if number_type == 0:
      rows = torch.reshape(bytes, [-1, columns + columns // self.group * 8])
      groups = torch.view_copy(torch.contiguous(rows[:, columns:]), dtype=6)
      return self.take_int4(first, rows[:, :columns].to(3), torch.reshape(groups, [torch.size(rows, 0), -1, 2]).to(15))
    numbers = torch.reshape(torch.view_copy(bytes, dtype=number_type), [-1, columns])
    if self.held == 0:
      self.round_int4(first, numbers.to(6))
    elif self.held == 1:
      self.round_int8(first, numbers.to(6))
    else:
      torch.copy_((self.coming)[0][first:first + torch.size(numbers, 0)], numbers)
    return 0

  # Rows that may be overwritten, [n, columns] float32, to a whole number of steps on either side of zero.
  def round_int8(self, first: int, rows: Tensor) -> int:
    last = first + torch.size(rows, 0)
    if self.wide_sums:
      peaks = torch.maximum(torch.amax(rows, [1]), torch.neg(torch.amin(rows, [1])))
    else:
      peaks = self.pair_peaks(rows)
    scales = torch.clamp_min_(torch.div_(peaks, 127.), 1e-30)
    torch.copy_((self.coming)[1][first:last], scales)
    rounded = torch.round_(torch.div_(rows, torch.unsqueeze(scales, 1)))
    torch.copy_((self.coming)[0][first:last], torch.clamp_(rounded, -127, 127))
    return 0

  # The largest sum of two neighbours' sizes in each row [n, columns]: where those come to 128 levels at most, 255 times
  # them is in 16 bits.
  def pair_peaks(self, rows: Tensor) -> Tensor:
    even = torch.constant_pad_nd(torch.abs(rows), [0, torch.size(rows, 1) % 2], 0.)
    return torch.amax(torch.sum(torch.reshape(even, [torch.size(rows, 0), -1, 2]), [2]), [1])

  # Rows [n, columns] float32 to 0 to 15 between the least and the largest number of a group.
  def round_int4(self, first: int, rows: Tensor) -> int:
    groups = torch.reshape(rows, [torch.size(rows, 0), -1, self.group])  # [n, columns / group, group]
    least = torch.amin(groups, [2], True)
    scales = torch.clamp_min((torch.amax(groups, [2], True) - least) / 15., 1e-20).to(15)
    middle = (least + scales.to(6) * 8.).to(15)  # what 8 stands for
    rounded = torch.clamp(torch.round((groups - middle.to(6)) / scales.to(6)) + 8., 0, 15).to(3)
    return self.take_int4(first, torch.reshape(rounded, torch.size(rows)), torch.cat([scales, middle], 2))

  # bits [n, columns] int32, groups [n, columns / group, 2]. The kernel packs rows by the tile, so n is whole tiles.
  def take_int4(self, first: int, bits: Tensor, groups: Tensor) -> int:
    last = first + torch.size(bits, 0)
    torch.copy_((self.coming)[0][first:last], torch._convert_weight_to_int4pack_for_cpu(bits, 1))
    torch.copy_((self.coming)[1][:, first:last], torch.transpose(groups, 0, 1))
    return 0

  # Some numbers of a part of what came, from that one on, as bytes; and the way back, in place of take.
  def held_bytes(self, part: int, first: int, count: int) -> Tensor:
    return torch.view_copy(torch.reshape((self.coming)[part], [-1])[first:first + count], dtype=1)

  def restore(self, part: int, first: int, bytes: Tensor, number_type: int) -> int:
    numbers = torch.view_copy(bytes, dtype=number_type)
    torch.copy_(torch.reshape((self.coming)[part], [-1])[first:first + torch.numel(numbers)], numbers)
    return 0

  # Keeps what came as a linear layer and gives its number.
  def keep(self) -> int:
    if self.held > 1:
      torch.append(self.dense, (self.coming)[0])
      self.coming = annotate(List[Tensor], [])
      return torch.len(self.dense) - 1
    if self.held == 1 and not self.wide_sums:
      return self.keep_fbgemm()
    if self.held == 1:
      torch.append(self.packed, ops.onednn.qlinear_prepack((self.coming)[0], None))
    else:
      torch.append(self.packed, (self.coming)[0])
    torch.append(self.packed_scales, (self.coming)[1])
    self.coming = annotate(List[Tensor], [])
    return torch.len(self.packed) - 1

  def keep_fbgemm(self) -> int:
    weights, scales, = (self.coming)[0], (self.coming)[1]
    no_zeros = torch.zeros([torch.size(weights, 0)], dtype=4)
    quantized = torch._make_per_channel_quantized_tensor(weights, scales.to(7), no_zeros, 0)
    self.fbgemm_bytes = self.fbgemm_bytes + self.bytes_of(self.coming)
    self.coming = annotate(List[Tensor], [])
    torch.append(self.fbgemm, ops.quantized.linear_prepack(quantized, None))
    return torch.len(self.fbgemm) - 1

  # Keeps what came as the embedding.
  def keep_embedding(self) -> int:
    self.embedding = [(self.coming)[0]]
    self.coming = annotate(List[Tensor], [])
    return 0

  # Keeps the embedding as a linear layer too, and gives its number; -1 where those are held in another way.
  def keep_tied(self) -> int:
    if self.levels > 0:
      return -1
    torch.append(self.dense, (self.embedding)[0])
    return torch.len(self.dense) - 1

  # Keeps the weight of a norm, [n]: times the root of n, so that a norm can do with the length of its row.
  def keep_norm(self, weight: Tensor) -> Tensor:
    return weight * (float(torch.numel(weight)) ** 0.5)

  def set_ends(self, final_norm: Tensor, output: int) -> int:
    self.final_norm = [self.keep_norm(final_norm)]
    self.output = [output]
    return 0

  # norms: of the attention, of the compressed query where there is one, of the latent, of the feed-forward; linear: the
  # numbers of down, query_up where there is one, attention_out, gate_up, feed_forward_down. What came is the up-projection
  # of keys and values, [H * (nope + value), L]: for each head the rows of its keys, then of its values.
  def add_layer(self, norms: List[Tensor], linear: List[int]) -> int:
    torch.append(self.attention_norm, self.keep_norm(norms[0]))
    torch.append(self.down, linear[0])
    if torch.len(norms) == 4:
      torch.append(self.query_norm, self.keep_norm(norms[1]))
      torch.append(self.query_up, linear[1])
    torch.append(self.latent_norm, self.keep_norm(norms[-2]))
    torch.append(self.feed_forward_norm, self.keep_norm(norms[-1]))
    up = torch.reshape((self.coming)[0], [self.heads, -1, self.latent])
    torch.append(self.key_up, up[:, :self.nope].to(self.work_type) * self.score_scale)
    torch.append(self.value_up, torch.clone(torch.transpose(up[:, self.nope:], 1, 2), memory_format=0).to(self.work_type))
    torch.append(self.attention_out, linear[-3])
    torch.append(self.gate_up, linear[-2])
    torch.append(self.feed_forward_down, linear[-1])
    return torch.len(self.down)

  # Bytes of all weights as they are kept.
  def weight_bytes(self) -> int:
    bytes = (self.bytes_of(self.final_norm) + self.bytes_of(self.attention_norm) +
             self.bytes_of(self.query_norm) + self.bytes_of(self.latent_norm) + self.bytes_of(self.feed_forward_norm) +
             self.bytes_of(self.key_up) + self.bytes_of(self.value_up) + self.bytes_of(self.dense) +
             self.bytes_of(self.packed) + self.bytes_of(self.packed_scales) + self.fbgemm_bytes)
    if torch.len(self.dense) > 0:
      if torch.is_set_to((self.embedding)[0], (self.dense)[(self.output)[0]]):
        return bytes
    return bytes + self.bytes_of(self.embedding)

  def bytes_of(self, tensors: List[Tensor]) -> int:
    bytes = 0
    for i in range(torch.len(tensors)):
      bytes = bytes + torch.numel(tensors[i]) * torch.element_size(tensors[i])
    return bytes

  # positions: how many a sequence can have
  def allocate(self, pages: int, page_tokens: int, positions: int) -> int:
    # Whole vectors, so that a position's numbers don't depend on how many there are.
    steps = torch.arange((positions + 63) // 64 * 64, device=(self.embedding)[0].device)
    angles = torch.unsqueeze(steps, 1) * (self.rotary_frequencies)[0]  # [positions, rotary / 2]
    cos = torch.cos(angles) * self.rotary_magnitude
    sin = torch.sin(angles) * self.rotary_magnitude
    self.rotations = [torch.cat([cos, cos], 1).to(6), torch.cat([torch.neg(sin), sin], 1).to(6)]
    for layer in range(torch.len(self.down)):
      shape = [pages, page_tokens, self.latent + self.rope]
      torch.append(self.cache, torch.zeros(shape, dtype=self.work_type, device=(self.embedding)[0].device))
    return torch.len(self.cache)

  # One step for every row: the latents of all rows go to the cache, and the rows that sample are scored.
  #
  # tokens, positions, slots [T]: a row's token, its place in its sequence, its place in the cache (page * P + offset).
  # The first rows are blocks of one row each, decodes for the most; full blocks follow.
  # blocks: of every block's own tiles, all first ones before all second ones, [3, own tiles]: the page, the block, the
  # position at which the tile starts; and the members of all groups of blocks that share tiles.
  # tiles: tiles[k] says how many blocks have more than k own tiles; the blocks with the most come first.
  # together: how many k's are computed at once, until there are no more.
  # shared, for each group: how many blocks it has, how many tiles they share, and those tiles' pages.
  # sampling [S], inverse_temperatures [S]; candidates: how many of the likeliest tokens to give.
  #
  # Gives logits [S, V], numbers [S, 3 + candidates] and ids [S, 1 + candidates], described at score, and the doubt of
  # every row [T], NaN where its numbers aren't finite: the cache has made zeros of them. Not which rows those are: how
  # many there are would be a shape, for which the host has to wait.
  def step(self, tokens: Tensor, positions: Tensor, slots: Tensor,
           single: List[Tensor], single_tiles: List[int], single_together: List[int], single_shared: List[int],
           full: List[Tensor], full_tiles: List[int], full_together: List[int], full_shared: List[int],
           sampling: Tensor, inverse_temperatures: Tensor, candidates: int) -> List[Tensor]:
    x = torch.embedding((self.embedding)[0], tokens).to(6)  # [T, hidden]
    cos = torch.index_select((self.rotations)[0], 0, positions)  # [T, rotary]
    sin = torch.index_select((self.rotations)[1], 0, positions)
    turns = [cos, sin, torch.unsqueeze(cos * self.score_scale, 1), torch.unsqueeze(sin * self.score_scale, 1)]
    n = 0
    if torch.len(single_tiles) > 0:
      n = single_tiles[0]
    single_views = self.views(positions[:n], single[0], single_tiles, single_together)
    full_views = self.views(positions[n:], full[0], full_tiles, full_together)
    last = torch.len(self.down) - 1
    doubt = torch.zeros([torch.size(tokens, 0)], dtype=6, device=tokens.device)
    for layer in range(torch.len(self.down)):
      cache = (self.cache)[layer]
      down = self.normed_linear(x, (self.attention_norm)[layer], (self.down)[layer])  # [T, query rank + D]
      parts = torch.split_with_sizes(down, [torch.size(down, 1) - self.latent - self.rope, self.latent, self.rope], 1)
      torch.add_(doubt, self.remember(layer, parts[1], parts[2], turns, slots))
      queries = self.absorbed_queries(layer, parts[0], turns)  # [T, H, D]
      if torch.len(full_tiles) == 0:
        seen = self.attend(cache, queries, single[1], single_views, single_tiles, single_shared)
      elif n == 0:
        seen = self.attend(cache, queries, full[1], full_views, full_tiles, full_shared)
      else:
        seen = torch.cat([
          self.attend(cache, queries[:n], single[1], single_views, single_tiles, single_shared),
          self.attend(cache, queries[n:], full[1], full_views, full_tiles, full_shared)], 0)  # [T, H, L]
      if layer == last:  # of which rows that don't sample leave no more than their latents
        x = torch.index_select(x, 0, sampling)  # [S, hidden]
        seen = torch.index_select(seen, 0, sampling)
      values = torch.flatten(self.times_heads(seen, (self.value_up)[layer]), 1)  # [T, H * value]
      x = self.add_linear(x, values, (self.attention_out)[layer])
      x = self.feed_forward(layer, x)
    torch.index_add_(doubt, 0, sampling, self.doubt(x))
    return self.score(x, inverse_temperatures, candidates) + [doubt]

  # 0 for each row of x [T, n] whose numbers are finite, else NaN: [T], float32
  def doubt(self, x: Tensor) -> Tensor:
    return torch.mul_(torch.sum(x, [1], dtype=6), 0.)

  # For each group of k's: the pages [F] of its tiles; their blocks [F], or none where they are the first in order; and
  # which of its numbers a row doesn't see, [F, 1 or B * H, P], or none where every row sees all.
  # own [3, own tiles], positions [Q * B]
  def views(self, positions: Tensor, own: Tensor, tiles: List[int], together: List[int]) -> List[Tensor]:
    views = annotate(List[Tensor], [])
    if torch.len(tiles) == 0:
      return views
    last = torch.reshape(positions, [tiles[0], -1, 1])  # the last position a row sees
    if torch.size(last, 1) > 1:
      last = torch.reshape(torch.repeat_interleave(positions, self.heads), [tiles[0], -1, 1])
    within = torch.arange(torch.size((self.cache)[0], 1), device=own.device)  # [P]
    k = 0
    at = 0
    for group in range(torch.len(together)):
      after = k + together[group]
      count = 0
      for level in range(k, after):
        count = count + tiles[level]
      pages, blocks, starts, = torch.unbind(own[:, at:at + count], 0)
      last_seen = torch.index_select(last, 0, blocks)
      if after == k + 1:
        blocks = torch.empty([0], dtype=4, device=own.device)
      unseen = torch.empty([0], dtype=11, device=own.device)
      if after == torch.len(tiles) or tiles[after] < tiles[k]:  # some blocks end here
        unseen = torch.reshape(starts, [-1, 1, 1]) + within > last_seen
      views = views + [pages, blocks, unseen]
      k = after
      at = at + count
    return views

  # Writes latents [T, L] and rotary keys [T, rotary] to the cache; never a NaN, which would spread to whoever has the
  # page next, even where it is masked. Gives the rows' doubt: what a layer's input lacks, its latents lack too.
  def remember(self, layer: int, latent: Tensor, key: Tensor, turns: List[Tensor], slots: Tensor) -> Tensor:
    both = torch.cat([self.norm(latent.to(6), (self.latent_norm)[layer]), self.rotate(key.to(6), turns[0], turns[1])], 1)
    kept = both.to(self.work_type)
    doubt = self.doubt(kept)
    flat = torch.view((self.cache)[layer], [-1, self.latent + self.rope])
    torch.index_copy_(flat, 0, slots, torch.nan_to_num_(kept, 0., 0., 0.))
    return doubt

  # Queries that meet the cache as it is: the key half of the up-projection is folded into them, and the score's scale.
  # down [T, query rank] to [T, H, D]
  def absorbed_queries(self, layer: int, down: Tensor, turns: List[Tensor]) -> Tensor:
    projected = down
    if torch.len(self.query_up) > 0:
      projected = self.normed_linear(down.to(6), (self.query_norm)[layer], (self.query_up)[layer])
    q = torch.reshape(projected, [torch.size(down, 0), self.heads, self.nope + self.rope])
    parts = torch.split_with_sizes(q, [self.nope, self.rope], 2)
    nope = self.times_heads(parts[0].to(self.work_type), (self.key_up)[layer])  # [T, H, L]
    rope = self.rotate(parts[1].to(6), turns[2], turns[3])  # [T, H, rotary]
    return torch.cat([nope, rope.to(self.work_type)], 2)

  # x [T, H, in], each head times its matrix [H, in, out], to [T, H, out]. A grouped convolution keeps its weights laid out
  # and is faster for few rows, but its bits depend on how many there are.
  def times_heads(self, x: Tensor, weight: Tensor) -> Tensor:
    return torch.transpose(self.product(torch.transpose(x, 0, 1), weight), 0, 1)

  # x [n, m, in] times w [n, in, out] to [n, m, out]: a row's bits are the same whatever rows and products there are beside
  # it. On a CPU those of float32 are so only where at least two products have at least four rows each.
  def product(self, x: Tensor, w: Tensor) -> Tensor:
    n, m, = torch.size(x, 0), torch.size(x, 1)
    if self.work_type != 6 or x.is_cuda or (n > 1 and m > 3):
      return torch.bmm(x, w)
    if n > 1:
      return torch.bmm(torch.constant_pad_nd(x, [0, 0, 0, 4 - m], 0.), w)[:, :m]
    rows = 16
    if m <= 16:
      rows = 8
    parts = max(2, (m + rows - 1) // rows)
    cut = torch.constant_pad_nd(x, [0, 0, 0, parts * rows - m], 0.)
    many = torch.bmm(torch.reshape(cut, [parts, rows, -1]), torch.expand(w, [parts, -1, -1]))
    return torch.reshape(many, [1, parts * rows, -1])[:, :m]

  # Attention in tiles of one page at absolute positions, merged in ascending order by their log-sum-exp.
  # cache [pages, P, D], queries [Q * B, H, D], members, tiles and shared as step has them, views as above; to [Q * B, H, L]
  def attend(self, cache: Tensor, queries: Tensor, members: Tensor, views: List[Tensor], tiles: List[int],
             shared: List[int]) -> Tensor:
    q = torch.view(queries, [tiles[0], -1, torch.size(cache, 2)])  # [Q, B * H, D]
    merged = self.attend_shared(cache, q, members, shared)
    k = 0
    for group in range(torch.len(views) // 3):
      pages, blocks, unseen, = views[3 * group], views[3 * group + 1], views[3 * group + 2]
      own = q[:torch.size(pages, 0)]
      if torch.size(blocks, 0) > 0:
        own = self.pick(q, blocks)  # [F, B * H, D]
      seen = self.see(own, self.pick(cache, pages), unseen)
      at = 0
      while at < torch.size(pages, 0):
        self.merge([seen[0][at:at + tiles[k]], seen[1][at:at + tiles[k]], seen[2][at:at + tiles[k]]], merged)
        at = at + tiles[k]
        k = k + 1
    out = torch.div_(merged[2], merged[1]).to(self.work_type)
    return torch.reshape(out, [-1, self.heads, self.latent])

  # Some of x [n, a, b], contiguous, in their order: [rows, a, b]. On a CPU copied in numbers of eight bytes, which is four
  # times as fast as in those of two: x and the result are seen as such through their storage, where x is first in its own.
  def pick(self, x: Tensor, rows: Tensor) -> Tensor:
    size = torch.size(x)
    bytes = size[1] * size[2] * torch.element_size(x)
    if x.is_cuda or bytes % 8 != 0 or torch.storage_offset(x) > 0:
      return torch.index_select(x, 0, rows)
    wide = torch.empty([0], dtype=4, device=x.device)
    torch.set_(wide, x, 0, [size[0], bytes // 8], [bytes // 8, 1])
    picked = torch.empty([0], dtype=x.dtype, device=x.device)
    shape = [torch.size(rows, 0), size[1], size[2]]
    torch.set_(picked, torch.index_select(wide, 0, rows), 0, shape, [shape[1] * shape[2], shape[2], 1])
    return picked

  # The tiles that groups of blocks share: one product for a group, of which every row sees all of the tile.
  # q [Q, B * H, D] to what merge updates; nothing where no tiles are shared
  def attend_shared(self, cache: Tensor, q: Tensor, members: Tensor, shared: List[int]) -> List[Tensor]:
    if torch.len(shared) == 0:
      return annotate(List[Tensor], [])
    one = [torch.size(q, 0), torch.size(q, 1), 1]
    best = torch.full(one, -inf, dtype=6, device=cache.device)
    total = torch.zeros(one, dtype=6, device=cache.device)
    out = torch.zeros([one[0], one[1], self.latent], dtype=6, device=cache.device)
    all_see = torch.empty([0], dtype=11, device=cache.device)
    at = 0
    first = 0
    together = max(1, 2048 // one[1])  # blocks whose sums stay in a processor's cache from tile to tile
    while at < torch.len(shared):
      for start in range(first, first + shared[at], together):
        who = members[start:min(start + together, first + shared[at])]  # G of the Q blocks
        rows = [1, torch.size(who, 0) * one[1], -1]
        group_q = torch.reshape(self.pick(q, who), rows)  # [1, G * B * H, D]
        group = [torch.reshape(torch.index_select(best, 0, who), rows), torch.reshape(torch.index_select(total, 0, who), rows),
                 torch.reshape(self.pick(out, who), rows)]
        for k in range(shared[at + 1]):
          page = shared[at + 2 + k]
          self.merge(self.see(group_q, cache[page:page + 1], all_see), group)
        rows_again = [torch.size(who, 0), one[1], -1]
        torch.index_copy_(best, 0, who, torch.reshape(group[0], rows_again))
        torch.index_copy_(total, 0, who, torch.reshape(group[1], rows_again))
        torch.index_copy_(out, 0, who, torch.reshape(group[2], rows_again))
      first = first + shared[at]
      at = at + 2 + shared[at + 1]
    return [best, total, out]

  # What rows q [n, R, D] see in their tiles [n, P, D]: their largest score and their sum of weights, both [n, R, 1], and
  # their weighted sum of latents [n, R, L]. unseen [n, 1 or R, P] as in views
  def see(self, q: Tensor, tile: Tensor, unseen: Tensor) -> List[Tensor]:
    scores = self.product(q, torch.transpose(tile, 1, 2)).to(6)  # [n, R, P]
    if torch.numel(unseen) > 0:
      torch.masked_fill_(scores, unseen, -inf)
    peak = torch.amax(scores, [-1], True)
    weights = torch.exp_(torch.sub_(scores, peak))
    # With the rotary keys, which are cut off after: a product with the latents alone copies them first.
    both = self.product(weights.to(self.work_type), tile)  # [n, R, D]
    return [peak, torch.sum(weights, [-1], True), torch.narrow(both, 2, 0, self.latent).to(6)]

  # Adds what rows see in a tile, as see gives it, to what they saw before: the same of Q >= n blocks, of which the first
  # n are updated; it is empty before the first tile.
  def merge(self, tile: List[Tensor], merged: List[Tensor]) -> int:
    if torch.len(merged) == 0:
      torch.append(merged, tile[0])
      torch.append(merged, tile[1])
      torch.append(merged, tile[2])
      return 0
    n = torch.size(tile[0], 0)
    best, total, out, = merged[0][:n], merged[1][:n], merged[2][:n]
    peak = torch.maximum(best, tile[0])
    fade = torch.exp_(torch.sub(best, peak))
    gain = torch.exp_(torch.sub(tile[0], peak))
    torch.copy_(best, peak)
    torch.addcmul_(torch.mul_(total, fade), tile[1], gain)
    torch.addcmul_(torch.mul_(out, fade), tile[2], gain)
    return 0

  # x [T, hidden] to [T, hidden]
  def feed_forward(self, layer: int, x: Tensor) -> Tensor:
    both = self.normed_linear(x, (self.feed_forward_norm)[layer], (self.gate_up)[layer])  # [T, 2 * inner]
    gate, up, = torch.chunk(both, 2, 1)
    return self.add_linear(x, torch.mul_(self.silu(gate), up), (self.feed_forward_down)[layer])

  # The norm of x [T, in], float32, times a kept layer [out, in], to [T, out] in the linear type.
  def normed_linear(self, x: Tensor, norm_weight: Tensor, number: int) -> Tensor:
    if self.levels == 0 or self.group > 0:
      return self.linear(self.norm(x, norm_weight).to(self.linear_type), number)
    return self.normed_int8(x, norm_weight, number)

  # The same where that matrix is int8, to [T, out] in float32.
  def normed_int8(self, x: Tensor, norm_weight: Tensor, number: int) -> Tensor:
    # Inputs are brought to the row's own range anyway, so the norm's scale need not touch them first.
    scaled = x * norm_weight
    peak = torch.amax(torch.abs(scaled), [1], True)
    return torch.mul_(self.int8(scaled, peak, number), torch.div_(peak, self.length(x)))

  # x [T, out] float32, plus y [T, in], which may be overwritten, times a kept layer [out, in]
  def add_linear(self, x: Tensor, y: Tensor, number: int) -> Tensor:
    if self.levels == 0 or self.group > 0:
      return x + self.linear(y.to(self.linear_type), number)
    exact = y.to(6)
    peak = torch.amax(torch.abs(exact), [1], True)  # [T, 1]
    return torch.addcmul(x, self.int8(exact, peak, number), peak)

  # x [T, in] times a kept layer [out, in], not int8, to [T, out], both in the linear type
  def linear(self, x: Tensor, number: int) -> Tensor:
    if self.group == 0:
      return torch.linear(x, (self.dense)[number])
    if torch.size(x, 0) == 0:
      return torch.zeros([0, torch.size((self.packed_scales)[number], 1)], dtype=self.linear_type, device=x.device)
    return torch._weight_int4pack_mm_for_cpu(torch.contiguous(x), (self.packed)[number], self.group, (self.packed_scales)[number])

  # x [T, in] float32, which is overwritten, over its rows' peaks [T, 1], times a kept layer [out, in], to [T, out]. Every
  # row has a scale of its own, so that none meets another's; what isn't finite stays in its row by way of its peak.
  def int8(self, x: Tensor, peak: Tensor, number: int) -> Tensor:
    if not self.wide_sums:
      return self.int8_fbgemm(torch.mul_(x, torch.div((self.full_level)[0], peak)), number)
    scales = (self.packed_scales)[number]
    if torch.size(x, 0) == 0:
      return torch.zeros([0, torch.size(scales, 0)], dtype=6, device=x.device)
    rows = torch.add_(torch.mul_(x, torch.div((self.full_level)[0], peak)), float(self.levels) + 1.5).to(0)  # [T, in], unsigned
    return ops.onednn.qlinear_pointwise(rows, 1. / float(self.levels), self.levels + 1, (self.packed)[number], scales,
                                        (self.no_zeros)[0], None, 1., 0, 6, "none",
                                        annotate(List[Optional[number]], []), "none")

  # levels [T, in] float32, which it rounds, times a kept layer, to [T, out]
  def int8_fbgemm(self, levels: Tensor, number: int) -> Tensor:
    rows = levels
    if torch.size(levels, 0) == 0:  # which it refuses
      rows = torch.zeros([1, torch.size(levels, 1)], dtype=6)
    products = ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(rows, 1., self.levels + 1, (self.fbgemm)[number])
    return torch.div_(products[:torch.size(levels, 0)], float(self.levels))

  # x [.., n] float32, weight as kept
  def norm(self, x: Tensor, weight: Tensor) -> Tensor:
    return torch.mul_(torch.div(x, self.length(x)), weight)

  # The length of each row of x [.., n], never zero, to [.., 1].
  def length(self, x: Tensor) -> Tensor:
    least = torch.scalar_tensor((self.epsilon * float(torch.size(x, -1))) ** 0.5, dtype=6, device=x.device)
    return torch.hypot(torch.linalg_vector_norm(x, 2, [-1], True), least)

  # Vector loops compute the numbers that don't fill a vector by another formula, which may differ in the last bit, and
  # every thread's share has an end. So that a number's result doesn't depend on its place, shares are made whole vectors.
  # x [T, n], which may be overwritten
  def silu(self, x: Tensor) -> Tensor:
    whole = self.whole(torch.numel(x), 32768)
    if whole == torch.numel(x) and torch.size(x, 1) % 64 == 0:
      return torch.silu_(x)
    padded = torch.constant_pad_nd(torch.reshape(x, [-1]), [0, whole - torch.numel(x)], 0.)
    return torch.reshape(torch.silu(padded)[:torch.numel(x)], torch.size(x))

  # The least count of numbers, at least that many, whose shares are whole vectors; no share is below the grain.
  def whole(self, count: int, grain: int) -> int:
    whole = (count + 63) // 64 * 64
    while whole % (64 * max(1, min(self.threads, (whole + grain - 1) // grain))) != 0:
      whole = whole + 64
    return whole

  # Turns the pairs (i, i + rotary / 2). x [.., rotary], cos and sin [.., rotary] as in the rotations
  def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    other = torch.mul_(torch.roll(x, [self.rope // 2], [-1]), sin)
    return torch.add_(x * cos, other)

  # x [S, hidden]. numbers: the likeliest token's logit, the log-sum-exp of the logits, the log of the sum of all tokens'
  # probabilities over the likeliest one's at the temperature, and the largest logits, descending. ids: the likeliest
  # token, then those of the largest logits.
  def score(self, x: Tensor, inverse_temperatures: Tensor, candidates: int) -> List[Tensor]:
    logits = self.logits(x)
    best, best_ids, = torch.max(logits, 1, True)
    sums = best + self.log_mass(logits, best_ids)
    tempered = sums
    if candidates > 0:
      # The largest is taken off first: times a large inverse, it would leave few digits to the differences.
      below = torch.sub(logits, best)
      tempered = self.log_mass(torch.mul_(below, torch.unsqueeze(inverse_temperatures, 1)), best_ids)
    values, ids, = torch.topk(logits, min(candidates, torch.size(logits, 1)), 1)
    return [logits, torch.cat([best, sums, tempered, values], 1), torch.cat([best_ids, ids], 1)]

  # x [S, hidden] to [S, V], float32. The output is int8 beside int4 layers too: in four bits it would be most of the error.
  def logits(self, x: Tensor) -> Tensor:
    if self.levels > 0:
      return self.normed_int8(x, (self.final_norm)[0], (self.output)[0])
    return self.normed_linear(x, (self.final_norm)[0], (self.output)[0]).to(6)

  # By how much the log-sum-exp of each row of logits [S, V] is above its largest number, which is at best_ids [S, 1].
  def log_mass(self, logits: Tensor, best_ids: Tensor) -> Tensor:
    return torch.neg(torch.gather(torch.log_softmax(logits, 1), 1, best_ids))
