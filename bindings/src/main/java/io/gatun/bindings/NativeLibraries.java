/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.bindings;

import io.gatun.bindings.NativeLoadException.Reason;
import io.gatun.bindings.cblas.Cblas;
import io.gatun.bindings.gatun.Gatun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The native libraries of this process. They are loaded once, for all: the JDK ties a library to
 * the class loader that loaded it, and the generated bindings look symbols up in their own.
 *
 * <p>Our library comes first, as it knows the processor: it says whether the instruction set that
 * was asked for exists before OpenBLAS, which would crash later, is told to use it.
 */
public final class NativeLibraries {
    private static final String OPENBLAS_CORE = "OPENBLAS_CORETYPE";
    private static final String OPENBLAS_CACHE = "OPENBLAS_L2_SIZE";
    private static final String OPENBLAS_THREADS = "OPENBLAS_NUM_THREADS";

    private final Path origin;

    private NativeLibraries(Path origin) {
        this.origin = origin;
    }

    /** The outcome of the one attempt: a failure would not go away by trying again. */
    private static final class Holder {
        static final @Nullable NativeLibraries LIBRARIES;
        static final @Nullable NativeLoadException FAILURE;

        static {
            NativeLibraries libraries = null;
            NativeLoadException failure = null;
            try {
                libraries = loadAll();
            } catch (NativeLoadException e) {
                failure = e;
            }
            LIBRARIES = libraries;
            FAILURE = failure;
        }
    }

    /**
     * Returns the native libraries, and loads them at the first call.
     *
     * @throws NativeLoadException if they cannot be used; its reason and message say why
     */
    public static NativeLibraries load() {
        if (Holder.LIBRARIES != null) {
            return Holder.LIBRARIES;
        }
        NativeLoadException failure = Holder.FAILURE;
        if (failure == null) {
            throw new AssertionError("neither libraries nor a failure");
        }
        throw new NativeLoadException(
                failure.reason(), String.valueOf(failure.getMessage()), failure);
    }

    /**
     * Loads in peace: files close under a thread that is interrupted, and a failure would last as
     * long as the process. The interrupt is put off until afterwards.
     */
    private static NativeLibraries loadAll() {
        boolean interrupted = Thread.interrupted();
        try {
            return loadEach();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static NativeLibraries loadEach() {
        NativeMemory.requireAccess();
        InstructionSet requested = InstructionSet.requested();
        LibraryFolder folder = LibraryFolder.locate();
        try {
            loadGatun(folder, requested);
            loadOpenBlas(folder, requested);
            initialise(requested);
        } catch (UnsatisfiedLinkError e) {
            throw new NativeLoadException(
                    Reason.LINKING,
                    ("Cannot load the native libraries in %s: %s. If that folder is mounted noexec, pass -D%s=<another>;"
                                    + " if this class loader is one of several, put Gatun into their common parent")
                            .formatted(folder.path(), e.getMessage(), LibraryCache.PROPERTY),
                    e);
        }
        return new NativeLibraries(folder.path());
    }

    private static void loadGatun(LibraryFolder folder, InstructionSet requested) {
        Path library = folder.file(folder.platform().gatun());
        load(library);
        int version;
        try {
            version = Gatun.gatun_abi_version();
        } catch (ExceptionInInitializerError e) {
            throw wrongVersion(library, "none", e);
        }
        if (version != Gatun.GATUN_ABI_VERSION()) {
            throw wrongVersion(library, Integer.toString(version), null);
        }
        requireSupported(requested);
    }

    private static NativeLoadException wrongVersion(
            Path library, String found, @Nullable Throwable cause) {
        return new NativeLoadException(
                Reason.WRONG_VERSION,
                "%s has the binary interface %s, and this version of Gatun needs %d: use the library of the same version"
                        .formatted(library, found, Gatun.GATUN_ABI_VERSION()),
                cause);
    }

    private static void loadOpenBlas(LibraryFolder folder, InstructionSet requested) {
        Platform platform = folder.platform();
        try (NativeEnvironment environment = new NativeEnvironment()) {
            // Our pool is the only one. Told later, OpenBLAS would already have started its
            // threads.
            environment.set(OPENBLAS_THREADS, "1");
            // These two are often set for all programs of a machine, to steady NumPy's copy of
            // OpenBLAS on old hardware, and would halve the speed of ours. gatun.isa is the way to
            // ask for other kernels here.
            environment.unset(OPENBLAS_CORE);
            environment.unset(OPENBLAS_CACHE);
            String core = requested.openBlasCore();
            if (core != null && platform.isX86()) {
                environment.set(OPENBLAS_CORE, core);
            }
            try {
                loadFortran(folder);
            } catch (UnsatisfiedLinkError e) {
                // The system's libgcc_s is better, as ours may need a newer glibc, but there is
                // none.
                loadIfPresent(folder.file(platform.compiler()));
                loadFortran(folder);
            }
            load(folder.file(platform.openBlas()));
        }
    }

    private static void loadFortran(LibraryFolder folder) {
        for (String name : folder.platform().fortran()) {
            loadIfPresent(folder.file(name));
        }
    }

    /** A user's own folder may rely on the system's libraries. */
    private static void loadIfPresent(Path library) {
        if (Files.exists(library)) {
            load(library);
        }
    }

    private static void load(Path library) {
        System.load(library.toString());
    }

    private static void initialise(InstructionSet requested) {
        try {
            Cblas.openblas_set_num_threads(1);
            int status = Gatun.gatun_init(Cblas.cblas_sgemm$address(), requested.code());
            if (status != Gatun.GATUN_OK()) {
                throw new AssertionError("gatun_init answered " + status);
            }
        } catch (ExceptionInInitializerError | NoSuchElementException e) {
            throw new NativeLoadException(
                    Reason.LINKING, "OpenBLAS lacks a function that Gatun uses", e);
        }
    }

    private static void requireSupported(InstructionSet set) {
        if (set != InstructionSet.AUTO && Gatun.gatun_isa_supported(set.code()) == 0) {
            throw new NativeLoadException(
                    Reason.BAD_SETTING,
                    "-D%s=%s asks for an instruction set that this processor, or this build of Gatun, lacks"
                            .formatted(InstructionSet.PROPERTY, set.label()));
        }
    }

    /** Returns the instruction set in use: one of the constants {@code GATUN_ISA_*}. */
    public int isa() {
        return Gatun.gatun_isa();
    }

    /** Returns the name of the instruction set in use, as the property {@code gatun.isa} has it. */
    public String isaName() {
        return InstructionSet.of(isa()).label();
    }

    /** Returns whether this processor and this build have an instruction set. */
    public boolean supports(int isa) {
        return Gatun.gatun_isa_supported(isa) == 1;
    }

    /**
     * Switches our kernels, not those of OpenBLAS, to another instruction set: for tests, while no
     * kernel runs.
     *
     * @throws NativeLoadException if the processor lacks it
     */
    public void forceInstructionSet(int isa) {
        InstructionSet set = InstructionSet.of(isa);
        requireSupported(set);
        int status = Gatun.gatun_init(Cblas.cblas_sgemm$address(), isa);
        if (status != Gatun.GATUN_OK()) {
            throw new IllegalStateException("gatun_init(" + set.label() + ") answered " + status);
        }
    }

    /** Returns the version of our C library. */
    public String gatunVersion() {
        return Gatun.gatun_version().getString(0);
    }

    /** Returns how OpenBLAS was built. */
    public String openBlasConfig() {
        return Cblas.openblas_get_config().getString(0);
    }

    /** Returns the processor that OpenBLAS chose its kernels for. */
    public String openBlasCore() {
        return Cblas.openblas_get_corename().getString(0);
    }

    /** Returns the folder that the libraries were loaded from. */
    public Path origin() {
        return origin;
    }

    /** Returns how many threads our pool has started so far. */
    public int workers() {
        return Gatun.gatun_workers();
    }
}
