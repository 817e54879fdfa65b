package io.reckon.engine.checkpoint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Tensors of a file lie beside each other. */
final class TensorOverlap {
  private TensorOverlap() {}

  static void refuse(Collection<StoredTensor> tensors) {
    List<StoredTensor> inOrder = new ArrayList<>(tensors);
    inOrder.sort(
        Comparator.comparingLong(StoredTensor::position).thenComparingLong(StoredTensor::bytes));
    for (int i = 1; i < inOrder.size(); i++) {
      StoredTensor before = inOrder.get(i - 1);
      StoredTensor tensor = inOrder.get(i);
      if (tensor.position() < before.position() + before.bytes()) {
        throw CheckpointErrors.tensor(
            tensor.file(),
            tensor.name(),
            "overlaps " + before.name() + "; the file may be damaged");
      }
    }
  }
}
