package io.reckon.jobs.stores;

import java.io.InputStream;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/** An S3 server that keeps one bucket in memory and counts what it is asked. */
final class S3Server {
  static final String BUCKET = "reckon";
  private static final String IDENTITY = "test";
  private static final String CREDENTIAL = "test-secret";

  private final Counted store = new Counted(new TransientNio2BlobStore());
  private final S3Proxy proxy;

  private S3Server() throws Exception {
    store.createContainer(CreateBucketRequest.builder().bucket(BUCKET).build());
    proxy =
        S3Proxy.builder()
            .blobStore(store)
            .awsAuthentication(AuthenticationType.AWS_V4, IDENTITY, CREDENTIAL)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .ignoreUnknownHeaders(true)
            .build();
    proxy.start();
  }

  static S3Server start() throws Exception {
    return new S3Server();
  }

  /** What Hadoop must know of it. */
  Map<String, String> settings() {
    return Map.of(
        "fs.s3a.endpoint", "http://127.0.0.1:" + proxy.getPort(),
        "fs.s3a.endpoint.region", "us-east-1",
        "fs.s3a.path.style.access", "true",
        "fs.s3a.connection.ssl.enabled", "false",
        "fs.s3a.aws.credentials.provider", "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider",
        "fs.s3a.access.key", IDENTITY,
        "fs.s3a.secret.key", CREDENTIAL,
        "fs.s3a.multipart.size", "5M");
  }

  /** How often each operation was asked for since the last call. */
  Map<String, Long> operations() {
    Map<String, Long> counts =
        store.counts.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, entry -> entry.getValue().sum(), Long::sum, TreeMap::new));
    store.counts.clear();
    return counts;
  }

  /** The keys of all objects that were made by copying others, as a rename is. */
  Set<String> copied() {
    return Set.copyOf(store.copied);
  }

  /** Uploads that were begun, and neither completed nor aborted. */
  int openUploads() {
    return store.listMultipartUploads(BUCKET).size();
  }

  void stop() throws Exception {
    proxy.stop();
    store.close();
  }

  private static final class Counted extends ForwardingBlobStore {
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final Set<String> copied = ConcurrentHashMap.newKeySet();

    Counted(BlobStore store) {
      super(store);
    }

    private void count(String operation) {
      counts.computeIfAbsent(operation, name -> new LongAdder()).increment();
    }

    @Override
    public ListObjectsV2Response list(ListObjectsV2Request request) {
      count("LIST");
      return super.list(request);
    }

    @Override
    public PutObjectResponse putBlob(PutObjectRequest request, InputStream content) {
      count(request.ifNoneMatch() == null ? "PUT" : "PUT if none");
      return super.putBlob(request, content);
    }

    @Override
    public CopyObjectResponse copyBlob(CopyObjectRequest request) {
      count("COPY");
      copied.add(request.destinationKey());
      return super.copyBlob(request);
    }

    @Override
    public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
      count("HEAD");
      return super.blobMetadata(request);
    }

    @Override
    public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
      count("GET");
      return super.getBlob(request);
    }

    @Override
    public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
      count("DELETE");
      return super.removeBlob(request);
    }

    @Override
    public MultipartUpload initiateMultipartUpload(CreateMultipartUploadRequest request) {
      count("UPLOAD");
      return super.initiateMultipartUpload(request);
    }

    @Override
    public CompleteMultipartUploadResponse completeMultipartUpload(
        MultipartUpload upload, CompleteMultipartUploadRequest request) {
      count("UPLOADED");
      return super.completeMultipartUpload(upload, request);
    }
  }
}
