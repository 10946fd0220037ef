/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.report;

import io.gatun.benchmarks.report.Results.Task;
import java.util.Locale;

/** Numbers and names as people read them. */
final class Text {
    private Text() {}

    /** Three significant digits. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return "-";
        }
        double size = Math.abs(value);
        int digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
        return size >= 1000
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /** A round number at an axis. */
    static String tick(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /** A ratio, as in 2.1 x. */
    static String ratio(double value) {
        return Double.isFinite(value) ? number(value) + " x" : "-";
    }

    static String percent(double share) {
        return Double.isFinite(share)
                ? String.format(Locale.ROOT, share < 0.0995 ? "%.1f %%" : "%.0f %%", 100 * share)
                : "-";
    }

    /** A time in the unit that suits it. */
    static String time(double micros) {
        if (!Double.isFinite(micros)) {
            return "-";
        }
        if (micros < 1) {
            return number(micros * 1e3) + " ns";
        }
        return micros < 1000 ? number(micros) + " us" : number(micros / 1e3) + " ms";
    }

    static String mebibytes(double bytes) {
        return bytes >= 0 ? number(bytes / (1 << 20)) + " MiB" : "-";
    }

    /** A network's name as it is usually written. */
    static String model(String bench) {
        return switch (bench.replace("infer-", "")) {
            case "mlp" -> "MLP 784-512-512-10";
            case "lenet5" -> "LeNet-5";
            case "resnet20" -> "ResNet-20";
            case "resnet18" -> "ResNet-18";
            case "vgg11" -> "VGG-11";
            case "vgg16" -> "VGG-16";
            default -> bench;
        };
    }

    /** What is done, but for the threads. */
    static String task(Task task) {
        return (task.training() ? "train " : "infer ")
                + model(task.bench())
                + ", batch "
                + task.batch()
                + (task.callers() > 1 ? ", " + task.callers() + " callers" : "");
    }

    static String threads(Task task) {
        return task.callers() > 1 ? task.threads() + " each" : Integer.toString(task.threads());
    }

    static String library(String peer) {
        return switch (peer) {
            case "gatun" -> "Gatun";
            case "pytorch" -> "PyTorch";
            case "tensorflow" -> "TensorFlow";
            case "onnxruntime" -> "ONNX Runtime";
            case "java" -> "Java";
            default -> peer;
        };
    }
}
