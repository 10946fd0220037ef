/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.bindings;

import io.gatun.bindings.NativeLoadException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The folder that the native libraries are loaded from: the user's own, or one in the cache. */
record LibraryFolder(Platform platform, Path path) {
    static final String PATH_PROPERTY = "gatun.native.path";

    /** Finds the folder that the properties ask for, and fills it if it is in the cache. */
    static LibraryFolder locate() {
        Platform platform = Platform.current();
        String own = System.getProperty(PATH_PROPERTY);
        if (own != null) {
            return ofUser(platform, Path.of(own).toAbsolutePath());
        }
        platform.requireArtifacts();
        ClassLoader loader = LibraryFolder.class.getClassLoader();
        return new LibraryFolder(platform, LibraryCache.ofUser().provide(packed(platform, loader)));
    }

    static LibraryFolder ofUser(Platform platform, Path folder) {
        List<String> missing = new ArrayList<>();
        for (String name : List.of(platform.gatun(), platform.openBlas())) {
            if (!Files.isReadable(folder.resolve(name))) {
                missing.add(folder.resolve(name).toString());
            }
        }
        if (!missing.isEmpty()) {
            throw new NativeLoadException(
                    Reason.MISSING_FILE,
                    "-D%s=%s must name a folder that holds the native libraries; missing: %s"
                            .formatted(PATH_PROPERTY, folder, String.join(", ", missing)));
        }
        return new LibraryFolder(platform, folder);
    }

    /** The libraries among the resources of a class loader. */
    static List<PackedLibrary> packed(Platform platform, ClassLoader loader) {
        String gatunFolder = "io/gatun/natives/" + platform.classifier() + "/";
        String openBlasFolder = "org/bytedeco/openblas/" + platform.classifier() + "/";
        List<PackedLibrary> libraries = new ArrayList<>();
        libraries.add(packed(loader, gatunFolder, platform.gatun(), "io.gatun:gatun-native"));
        List<String> others = new ArrayList<>(platform.fortran());
        others.add(platform.compiler());
        others.add(platform.openBlas());
        for (String name : others) {
            libraries.add(packed(loader, openBlasFolder, name, "org.bytedeco:openblas"));
        }
        return libraries;
    }

    private static PackedLibrary packed(
            ClassLoader loader, String folder, String name, String artifact) {
        try {
            PackedLibrary library = PackedLibrary.find(loader, folder, name);
            if (library != null) {
                return library;
            }
        } catch (IOException e) {
            throw new NativeLoadException(
                    Reason.MISSING_ARTIFACT, "Cannot read %s%s (%s)".formatted(folder, name, e), e);
        }
        String classifier = folder.substring(folder.lastIndexOf('/', folder.length() - 2) + 1);
        throw new NativeLoadException(
                Reason.MISSING_ARTIFACT,
                ("%s%s is not on the class path: add the artifact %s with the classifier %s, a runtime dependency of"
                                + " io.gatun:gatun-bindings, or pass -D%s=<a folder that holds the libraries>")
                        .formatted(
                                folder,
                                name,
                                artifact,
                                classifier.replace("/", ""),
                                PATH_PROPERTY));
    }

    /** The path of a library in this folder. */
    Path file(String name) {
        return path.resolve(name);
    }
}
