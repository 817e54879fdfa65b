package io.reckon.jobs.commit;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * Who holds a lock.
 *
 * @param processStarted tells a process from an earlier one of the same number
 * @param boot of the machine; empty where the system names none, or a version before this one wrote
 * @param pidNamespace in which the process has its number: containers may share a host name and not
 *     this; empty as above
 */
record LockHolder(
    String runId,
    String host,
    long process,
    long processStarted,
    String boot,
    String pidNamespace) {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path PID_NAMESPACE = Path.of("/proc/self/ns/pid");

  LockHolder {
    boot = Objects.requireNonNullElse(boot, "");
    pidNamespace = Objects.requireNonNullElse(pidNamespace, "");
  }

  /** A run of this process. */
  static LockHolder of(String runId) throws IOException {
    ProcessHandle process = ProcessHandle.current();
    return new LockHolder(
        runId, hostName(), process.pid(), started(process), currentBoot(), currentPidNamespace());
  }

  /** Whether it ran where this process sees it, and is gone. */
  boolean hasDied() throws IOException {
    return host.equals(hostName())
        && boot.equals(currentBoot())
        && pidNamespace.equals(currentPidNamespace())
        && ProcessHandle.of(process)
            .filter(ProcessHandle::isAlive)
            .filter(found -> started(found) == processStarted)
            .isEmpty();
  }

  /** Fit for a file's name, and no other holder's. */
  String id() {
    return UUID.nameUUIDFromBytes(toString().getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** For people. */
  String describe() {
    return "run %s on %s, process %d,".formatted(runId, host, process);
  }

  private static String hostName() throws IOException {
    return InetAddress.getLocalHost().getHostName();
  }

  private static long started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /** Only Linux has it. */
  private static String currentBoot() throws IOException {
    return Files.exists(BOOT) ? Files.readString(BOOT).strip() : "";
  }

  private static String currentPidNamespace() throws IOException {
    return Files.isSymbolicLink(PID_NAMESPACE)
        ? Files.readSymbolicLink(PID_NAMESPACE).toString()
        : "";
  }
}
