package org.cl2cm.model.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.Fingerprint;

/// A large jar of a Maven repository. The `mvn` command brings it, so that the user's own settings
/// (mirrors, proxies, credentials) hold; what came is checked against a checksum known beforehand.
///
/// @param bytes size of the jar, for the progress
/// @param sha256 of the jar, lower-case hexadecimal
public record MavenArtifact(String group, String name, String version, long bytes, String sha256) {
    private static final String PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy";

    /// `group:name:version`.
    public String coordinates() {
        return group + ":" + name + ":" + version;
    }

    /// @param repository the user's local repository; a good jar in it is used where it lies, a
    ///     damaged one is left alone and another one fetched
    /// @param scratch an empty folder, which the caller removes
    /// @return the jar, in `repository` or in `scratch`; not to be changed
    /// @throws IOException when there is no Maven or it cannot bring the artifact
    /// @throws DataException when what it brings has another checksum
    public Path fetch(Path repository, Path scratch, ProgressListener progress) throws IOException {
        Path place = repository.resolve(group.replace('.', '/')).resolve(name).resolve(version);
        Path local = place.resolve(name + "-" + version + ".jar");
        if (Files.isRegularFile(local)) {
            if (isGood(local, progress)) {
                return local;
            }
            // Maven would copy the damaged jar again; a repository of our own makes it fetch another one.
            return maven(scratch, place, List.of("-Dmaven.repo.local=" + scratch.resolve("repository")), progress);
        }
        return maven(scratch, place, List.of(), progress);
    }

    private boolean isGood(Path jar, ProgressListener progress) throws IOException {
        progress.update(0, bytes, "checking " + jar.getFileName());
        return Files.size(jar) == bytes && Fingerprint.ofFile(jar).equals(sha256);
    }

    private Path maven(Path scratch, Path watched, List<String> options, ProgressListener progress) throws IOException {
        Path log = scratch.resolve("maven.log");
        List<String> command = new ArrayList<>(List.of(
                "mvn",
                "-B",
                "-q",
                PLUGIN,
                "-Dartifact=" + coordinates(),
                "-DoutputDirectory=" + scratch,
                "-Dmdep.overWriteReleases=true"));
        command.addAll(options);
        ProcessBuilder maven = new ProcessBuilder(command)
                .directory(scratch.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
        int code = await(start(maven), List.of(watched, scratch), progress);
        Path jar = scratch.resolve(name + "-" + version + ".jar");
        if (code != 0 || !Files.isRegularFile(jar)) {
            throw new IOException("Maven could not bring " + coordinates() + ": "
                    + firstError(log).orElse("mvn ended with exit code " + code)
                    + " (check the network, and mirrors and proxies in your Maven settings)");
        }
        if (!isGood(jar, progress)) {
            throw DataException.in(
                    jar,
                    "is not the expected " + coordinates() + ": " + Files.size(jar) + " bytes with SHA-256 "
                            + Fingerprint.ofFile(jar) + ", expected " + bytes + " with " + sha256
                            + "; the repository it came from holds another or a damaged file");
        }
        return jar;
    }

    private Process start(ProcessBuilder maven) throws IOException {
        try {
            return maven.start();
        } catch (IOException e) {
            throw new IOException(
                    "bringing " + coordinates() + " needs Apache Maven, and mvn could not be started: install it"
                            + " (Debian: apt-get install maven) or put it on the PATH",
                    e);
        }
    }

    private int await(Process maven, List<Path> folders, ProgressListener progress) throws IOException {
        try {
            while (!maven.waitFor(500, TimeUnit.MILLISECONDS)) {
                long found = 0;
                for (Path folder : folders) {
                    found = Math.max(found, largest(folder));
                }
                progress.update(Math.min(found, bytes), bytes, "Maven brings " + name);
            }
            return maven.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while Maven brought " + coordinates(), e);
        } finally {
            maven.destroy();
        }
    }

    /// Maven writes under a name of its own choice that begins with the name of the artifact.
    private long largest(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        long largest = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(
                            candidate -> candidate.getFileName().toString().startsWith(name))
                    .toList()) {
                largest = Math.max(largest, sizeOrZero(file));
            }
        }
        return largest;
    }

    private static long sizeOrZero(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException renamedMeanwhile) {
            return 0;
        }
    }

    private static Optional<String> firstError(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> line.contains("ERROR"))
                .findFirst();
    }
}
