/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * gatun.h - the C interface of Gatun's kernel library. This header is the one border between Java and C.
 *
 * Rules that every function keeps:
 *  - It returns a gatun_status and has no other way to fail. It never allocates memory that outlives the call, never
 *    exits, never prints. Scratch memory comes from the caller ("workspace"); the *_workspace functions tell how much.
 *  - The caller has checked shapes, strides and index ranges; a kernel checks only what is cheap (null pointers,
 *    negative sizes, an unknown operation) and answers GATUN_BAD_ARGUMENT.
 *  - Sizes, strides and offsets count elements, not bytes. Pointers need the alignment of their element type only.
 *  - Any size may be zero: the call then does what the mathematics says (an empty sum is 0) and never reads or writes.
 *  - Outputs never overlap inputs unless the function says so.
 *  - "threads" is the number of parts the work is divided into at most (1 = only the calling thread). The partition,
 *    and so every rounding, depends on the arguments alone and never on timing: the same call gives the same bits. Less
 *    than 1 is GATUN_BAD_ARGUMENT; more than GATUN_MAX_THREADS counts as that.
 *  - Any number of threads may call at the same time.
 */
#ifndef GATUN_H
#define GATUN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define GATUN_API __declspec(dllexport)
#else
#define GATUN_API __attribute__((visibility("default")))
#endif

/* Changes whenever a signature, a struct or a constant of this header changes; the loader compares it. */
#define GATUN_ABI_VERSION 8

/* Largest rank of a strided iteration space. */
#define GATUN_MAX_RANK 8

/* Most parts one call can be divided into. */
#define GATUN_MAX_THREADS 256

enum gatun_status {
    GATUN_OK = 0,
    GATUN_BAD_ARGUMENT = 1,
    GATUN_NOT_INITIALISED = 2,
    GATUN_UNSUPPORTED_ISA = 3,
};

/* Instruction sets, each family in rising order. */
enum gatun_isa {
    GATUN_ISA_AUTO = -1,
    GATUN_ISA_BASELINE = 0, /* what every CPU of the platform has: SSE2 on x86-64, scalar elsewhere */
    GATUN_ISA_AVX2 = 1,     /* AVX2 and FMA */
    GATUN_ISA_AVX512 = 2,   /* AVX-512 F, BW, DQ and VL */
    GATUN_ISA_NEON = 3,
};

/* ---------------------------------------------------------------- start-up */

/* cblas_sgemm with 32-bit integers; the enums of cblas.h are ints. */
typedef void (*gatun_sgemm_fn)(int order, int trans_a, int trans_b, int m, int n, int k, float alpha, const float *a,
                               int lda, const float *b, int ldb, float beta, float *c, int ldc);

/*
 * Sets the matrix product to use and chooses the instruction set: the best one that this CPU has for GATUN_ISA_AUTO,
 * else the named one (GATUN_UNSUPPORTED_ISA if the CPU or this build lacks it). May be called again, to change either,
 * while no kernel runs.
 */
GATUN_API int32_t gatun_init(gatun_sgemm_fn sgemm, int32_t isa);

GATUN_API int32_t gatun_abi_version(void);
/* The version of the library, such as "0.1.0": a static string. */
GATUN_API const char *gatun_version(void);
/* The chosen instruction set; GATUN_ISA_AUTO before gatun_init. */
GATUN_API int32_t gatun_isa(void);
/* 1 if this CPU and this build have that instruction set, else 0. */
GATUN_API int32_t gatun_isa_supported(int32_t isa);
/* Number of worker threads that the pool has started so far (callers not counted). */
GATUN_API int32_t gatun_workers(void);

/*
 * Memory for a large block, zero, aligned to 2 MiB, and in huge pages where the system gives them; null if there is no
 * more. Goes back by gatun_unmap, with the same number of bytes.
 */
GATUN_API void *gatun_map(int64_t bytes);
GATUN_API int32_t gatun_unmap(void *block, int64_t bytes);

/* ---------------------------------------------------------------- strided elementwise work */

/*
 * An iteration space of up to GATUN_MAX_RANK dimensions, the last one innermost, and the strides by which two inputs
 * and the output walk it. A stride of 0 in an input repeats (broadcasts) an element. The caller merges dimensions where
 * it can, so that the usual case has rank 1 and stride 1. Rank 0 is one element.
 */
typedef struct gatun_nd {
    int32_t rank;
    int32_t threads;
    int64_t shape[GATUN_MAX_RANK];
    int64_t stride_a[GATUN_MAX_RANK];
    int64_t stride_b[GATUN_MAX_RANK];
    int64_t stride_y[GATUN_MAX_RANK];
} gatun_nd;

/* y = f(a), some with the scalars p and q. NaN in gives NaN out unless said otherwise. */
enum gatun_unary_op {
    GATUN_COPY = 0,
    GATUN_NEG = 1,
    GATUN_ABS = 2,
    GATUN_SQUARE = 3,
    GATUN_SQRT = 4,
    GATUN_RECIPROCAL = 5,
    GATUN_EXP = 6,     /* relative error <= 2e-7 wherever the result is a normal float; overflows to inf, underflows to 0 */
    GATUN_LOG = 7,     /* log 0 = -inf, log of a negative = NaN; relative error <= 3e-7 */
    GATUN_SIGMOID = 8, /* stable at +-1e4 */
    GATUN_TANH = 9,    /* relative error <= 4e-7 */
    GATUN_RELU = 10,   /* max(a, 0), NaN stays NaN */
    GATUN_AFFINE = 11, /* p * a + q */
    GATUN_CLAMP = 12,  /* min(max(a, p), q), NaN stays NaN */
    GATUN_SIN = 13, /* absolute error <= 2e-7 for |a| <= 1e8, beyond that NaN */
    GATUN_COS = 14, /* like sin */
    GATUN_ERF = 15, /* relative error <= 4e-7 */
    GATUN_FLOOR = 16,
    GATUN_CEIL = 17,
    GATUN_ROUND = 18, /* to the even one of two nearest */
    GATUN_EXPM1 = 19, /* e^a - 1; relative error <= 6e-7 */
    GATUN_LOG1P = 20, /* log(1 + a); relative error <= 6e-7 */
    GATUN_STEP = 21, /* a > 0 ? q : p */
    GATUN_INSIDE = 22, /* p < a < q ? 1 : 0; 0 for NaN */
    GATUN_LEAKY_RELU = 23, /* a > 0 ? a : p * a */
    GATUN_ELU = 24, /* q * (a > 0 ? a : p * (e^a - 1)) */
    GATUN_ELU_SLOPE = 25, /* its derivative: a > 0 ? q : q * p * e^a */
    GATUN_SOFTPLUS = 26, /* log(1 + e^a) */
    GATUN_SOFTSIGN = 27, /* a / (1 + |a|) */
    /* 28 to 31 and 33: 0 at -inf, to 1e-36 */
    GATUN_GELU = 28, /* a * (1 + erf(a / sqrt 2)) / 2 */
    GATUN_GELU_TANH = 29, /* a * (1 + tanh(sqrt(2 / pi) * (a + 0.044715 a^3))) / 2 */
    GATUN_SILU = 30, /* a * sigmoid(a) */
    GATUN_MISH = 31, /* a * tanh(softplus(a)) */
    GATUN_HARD_SIGMOID = 32, /* min(max(a / 6 + 1 / 2, 0), 1) */
    GATUN_HARD_SWISH = 33, /* a * that */
};

/* y = f(a, b). */
enum gatun_binary_op {
    GATUN_ADD = 0,
    GATUN_SUB = 1,
    GATUN_MUL = 2,
    GATUN_DIV = 3,
    GATUN_MAXIMUM = 4, /* NaN if either is */
    GATUN_MINIMUM = 5,
    GATUN_RELU_GRAD = 6,    /* a = output of relu, b = its gradient: a > 0 ? b : 0 */
    GATUN_SIGMOID_GRAD = 7, /* a = output, b = gradient: b * a * (1 - a) */
    GATUN_TANH_GRAD = 8,    /* a = output, b = gradient: b * (1 - a * a) */
    GATUN_GREATER = 9,      /* a > b ? 1 : 0 */
    GATUN_EQUAL = 10,       /* a == b ? 1 : 0 */
    GATUN_ADD_RELU = 11,    /* max(a + b, 0), NaN stays NaN */
    /* a = x, b = gradient: b times the derivative of the function of that name */
    GATUN_GELU_GRAD = 12,
    GATUN_GELU_TANH_GRAD = 13,
    GATUN_SILU_GRAD = 14,
    GATUN_MISH_GRAD = 15,
    GATUN_SOFTPLUS_GRAD = 16,
    GATUN_SOFTSIGN_GRAD = 17,
    GATUN_HARD_SWISH_GRAD = 18,
};

/* Reductions; accumulated so that the error grows at most like log2 of the length (blocked or pairwise sums). */
enum gatun_reduce_op {
    GATUN_SUM = 0,
    GATUN_MAX = 1, /* -inf for an empty reduction; NaN if any element is */
    GATUN_MIN = 2,
    GATUN_SUM_SQUARES = 3,
};

/* y may be a (in place) when their strides are equal. */
GATUN_API int32_t gatun_unary(int32_t op, const gatun_nd *nd, float p, float q, const float *a, float *y);
/* y may be a or b (in place) when their strides are equal. */
GATUN_API int32_t gatun_binary(int32_t op, const gatun_nd *nd, const float *a, const float *b, float *y);
/*
 * Reduces the dimensions whose stride_y is 0 (and whose shape is not 1); every element of y that the others reach is
 * overwritten. stride_b is not used.
 */
GATUN_API int32_t gatun_reduce(int32_t op, const gatun_nd *nd, const float *a, float *y);
/* y[i] = value for n contiguous elements. */
GATUN_API int32_t gatun_fill(int64_t n, float value, int32_t threads, float *y);
/* Position of the first NaN in n contiguous elements, or -1 (also for bad arguments). */
GATUN_API int64_t gatun_first_nan(int64_t n, const float *a);
/*
 * Batch assembly: row r of y = scale * (float) row index[r] of src + shift, rows of row_size contiguous elements.
 * A null index means rows 0..rows-1. The caller has checked the indices.
 */
GATUN_API int32_t gatun_gather_u8(int64_t rows, int64_t row_size, const int64_t *index, float scale, float shift,
                                  int32_t threads, const uint8_t *src, float *y);

/* ---------------------------------------------------------------- matrix product */

enum gatun_activation {
    GATUN_LINEAR = 0,
    GATUN_ACTIVATE_RELU = 1,
};

/* c[m x n] = activation(op(a)[m x k] * op(b)[k x n] + bias[n] + beta * c), row-major; op transposes if trans_* is 1. */
typedef struct gatun_gemm {
    int32_t m, n, k;
    int32_t trans_a, trans_b;
    int32_t lda, ldb, ldc;
    float beta;
    int32_t activation;
    int32_t threads;
} gatun_gemm;

/* bias may be null. */
GATUN_API int32_t gatun_matmul(const gatun_gemm *gemm, const float *a, const float *b, const float *bias, float *c);
/*
 * Back through the activation and the bias of a product whose result was y: dz = y > 0 ? dy : 0, and dbias[j] = the sum of
 * column j of dz. y, dy and dz are m x n and contiguous; dz may be dy. Each thread takes columns, those that gatun_matmul
 * gave it if n > m.
 */
GATUN_API int32_t gatun_relu_bias_backward(int64_t m, int64_t n, int32_t threads, const float *y, const float *dy,
                                           float *dz, float *dbias);

/* ---------------------------------------------------------------- convolution and pooling, channels last */

/*
 * Cross-correlation in two dimensions. Memory, innermost last:
 *   x  [batch][in_height][in_width][in_channels]
 *   w  [kernel_height][kernel_width][in_channels / groups][out_channels]
 *   y  [batch][out_height][out_width][out_channels]
 * Padding is zeros; bottom and right padding follow from the output size. out_* were computed by the caller:
 * every output reads at least one position that exists or is padding, and
 * (out_height - 1) * stride_height - pad_top may lie anywhere: positions outside the input read as zero.
 * Of g groups, output channels [i, i + 1) * out_channels / g see input channels [i, i + 1) * in_channels / g.
 */
typedef struct gatun_conv2d {
    int32_t batch;
    int32_t in_channels, in_height, in_width;
    int32_t out_channels, out_height, out_width;
    int32_t kernel_height, kernel_width;
    int32_t stride_height, stride_width;
    int32_t dilation_height, dilation_width;
    int32_t pad_top, pad_left;
    int32_t groups;     /* divides in_channels and out_channels */
    int32_t activation; /* applied by the forward pass after the bias and the residual */
    int32_t algorithm;  /* enum gatun_conv_algorithm; one that cannot compute the pass counts as GATUN_CONV_AUTO */
    int32_t packed;     /* 1: the weights of the forward pass come from gatun_conv2d_pack */
    int32_t threads;
} gatun_conv2d;

enum gatun_conv_pass {
    GATUN_CONV_FORWARD = 0,
    GATUN_CONV_BACKWARD_INPUT = 1,
    GATUN_CONV_BACKWARD_WEIGHT = 2,
};

/* Each is a way to compute the same sums; they differ in speed and rounding. */
enum gatun_conv_algorithm {
    GATUN_CONV_AUTO = 0,       /* the one that the cost model expects to be fastest */
    GATUN_CONV_IM2COL = 1,     /* tiles of im2col columns times the weights: any shape */
    GATUN_CONV_SHIFT = 2,      /* one product per tap, over shifted rows */
    GATUN_CONV_POINTWISE = 3,  /* 1x1 without padding and stride: one product */
    GATUN_CONV_DIRECT = 4,     /* register tiles that read the image itself */
    GATUN_CONV_PIXEL = 5,      /* one input channel: vectors along the pixels of a row */
    GATUN_CONV_GATHER = 6,     /* gradient of the input: a product, whose columns each pixel gathers */
    GATUN_CONV_PARITY = 7,     /* gradient of the input, stride > 1: a direct one per class of pixels */
    GATUN_CONV_WINOGRAD_2 = 8, /* 3x3, stride 1 or 2: tiles of 2x2 outputs, by F(2,3), or F(2,2) on every second pixel */
    GATUN_CONV_WINOGRAD_4 = 9, /* the same of 4x4 outputs, by F(4,3), or F(4,2) */
    GATUN_CONV_DEPTHWISE = 10, /* as many groups as channels on both sides */
    GATUN_CONV_WINOGRAD_ROWS = 11, /* forward: four rows of output together, by F(4, taps) along the rows alone */
    GATUN_CONV_ALGORITHMS = 12,
};

/* 1 if the algorithm can compute that pass of that shape, else 0. */
GATUN_API int32_t gatun_conv2d_supports(const gatun_conv2d *conv, int32_t pass, int32_t algorithm);
/* The algorithm that computes the pass, never GATUN_CONV_AUTO; -1 for bad arguments, and before gatun_init. */
GATUN_API int32_t gatun_conv2d_algorithm(const gatun_conv2d *conv, int32_t pass);

/*
 * Bytes of workspace that a pass needs (64-byte aligned by the caller); -1 for bad arguments, and before gatun_init. It
 * depends on the instruction set: ask again after another gatun_init.
 */
GATUN_API int64_t gatun_conv2d_workspace(const gatun_conv2d *conv, int32_t pass);

/*
 * Weights that stay can be brought into the form that the forward pass wants once. Packed weights are good for calls
 * whose conv->packed is 1 and whose algorithm is the one named in the call that packed them (ask
 * gatun_conv2d_algorithm), with the same channels, kernel and instruction set. Bytes that they take (64-byte aligned by
 * the caller), 0 if the algorithm takes weights as they are, -1 like gatun_conv2d_workspace.
 */
GATUN_API int64_t gatun_conv2d_packed_bytes(const gatun_conv2d *conv);
GATUN_API int32_t gatun_conv2d_pack(const gatun_conv2d *conv, const float *w, void *packed);

/* y = activation(x * w + bias[out_channels] + residual, shaped like y); bias and residual may be null. */
GATUN_API int32_t gatun_conv2d_forward(const gatun_conv2d *conv, const float *x, const void *w, const float *bias,
                                       const float *residual, float *y, void *workspace);
GATUN_API int32_t gatun_conv2d_backward_input(const gatun_conv2d *conv, const float *dy, const float *w, float *dx,
                                              void *workspace);
/* dx += the gradient, where gatun_conv2d_adds says 1; with the workspace of GATUN_CONV_BACKWARD_INPUT. */
GATUN_API int32_t gatun_conv2d_adds(const gatun_conv2d *conv);
GATUN_API int32_t gatun_conv2d_backward_input_add(const gatun_conv2d *conv, const float *dy, const float *w, float *dx,
                                                  void *workspace);
/* Also writes dbias[out_channels], the sum of dy over everything else, unless dbias is null. */
GATUN_API int32_t gatun_conv2d_backward_weight(const gatun_conv2d *conv, const float *x, const float *dy, float *dw,
                                               float *dbias, void *workspace);

/*
 * A convolution behind a normalisation and a ReLU that are done while x is read, each time: x stands for
 * relu(factor * (x - mean) + shift), with the affine of gatun_batch_norm_affine, which nobody needs to store. Only where
 * gatun_conv2d_normalizes says 1, for both passes; workspaces are those of the plain passes.
 */
GATUN_API int32_t gatun_conv2d_normalizes(const gatun_conv2d *conv);
GATUN_API int32_t gatun_conv2d_normalized_forward(const gatun_conv2d *conv, const float *affine, const float *x,
                                                  const void *w, const float *bias, float *y, void *workspace);
GATUN_API int32_t gatun_conv2d_normalized_backward_weight(const gatun_conv2d *conv, const float *affine, const float *x,
                                                          const float *dy, float *dw, float *dbias, void *workspace);

/*
 * Max pooling, channels last like gatun_conv2d. Padding never wins. The caller makes sure that every window holds at
 * least one real element. The winner is the first largest element of the window in row-major order; NaN wins over all.
 * The winners' positions (row * kernel_width + column inside the window) are stored as one byte each while the window
 * has at most 256 positions, else as int32_t: gatun_maxpool2d_index_bytes tells 1 or 4.
 */
typedef struct gatun_pool2d {
    int32_t batch, channels;
    int32_t in_height, in_width;
    int32_t out_height, out_width;
    int32_t kernel_height, kernel_width;
    int32_t stride_height, stride_width;
    int32_t pad_top, pad_left;
    int32_t threads;
} gatun_pool2d;

GATUN_API int32_t gatun_maxpool2d_index_bytes(const gatun_pool2d *pool);
/* winners may be null (inference). */
GATUN_API int32_t gatun_maxpool2d_forward(const gatun_pool2d *pool, const float *x, float *y, void *winners);
/* Overwrites all of dx; windows may overlap. */
GATUN_API int32_t gatun_maxpool2d_backward(const gatun_pool2d *pool, const float *dy, const void *winners, float *dx);

/*
 * A convolution and the max pooling that follows it, whose inputs are conv's outputs, which are stored nowhere; the threads
 * of both are the same. 1 if there is a kernel that does both: so far where GATUN_CONV_PIXEL computes the convolution, and
 * windows of 2x2 lie side by side. Else 0, and gatun_conv2d_pooled_forward refuses. Winners (or null) are as those of
 * gatun_maxpool2d_forward, the workspace is that of conv's forward pass.
 */
GATUN_API int32_t gatun_conv2d_pools(const gatun_conv2d *conv, const gatun_pool2d *pool);
GATUN_API int32_t gatun_conv2d_pooled_forward(const gatun_conv2d *conv, const gatun_pool2d *pool, const float *x,
                                              const void *w, const float *bias, float *y, void *winners,
                                              void *workspace);

/*
 * The gradient of the weights of a convolution that max pooling follows, from dy, the gradient of what the pooling gave,
 * and its winners. pool's inputs are conv's outputs; the threads of both are the same. Where windows lie side by side,
 * this takes their number of positions fewer products than gatun_conv2d_backward_weight with the gradient in between,
 * most of which is zero. The workspace is as for gatun_conv2d_workspace.
 */
GATUN_API int64_t gatun_conv2d_pooled_workspace(const gatun_conv2d *conv, const gatun_pool2d *pool);
GATUN_API int32_t gatun_conv2d_pooled_backward_weight(const gatun_conv2d *conv, const gatun_pool2d *pool, const float *x,
                                                      const float *dy, const void *winners, float *dw, void *workspace);

/* ---------------------------------------------------------------- batch normalisation, channels last */

/*
 * Batch normalisation (Ioffe and Szegedy, 2015) of a matrix x[rows][channels], channels innermost; each channel is
 * normalised over all rows:
 *     y = activation(gamma * (x - mean) / sqrt(variance + epsilon) + beta + residual)
 * Training takes the mean and variance of x itself, from gatun_batch_norm_statistics; inference takes known ones. All of
 * gamma, beta, mean, variance and their gradients have one element per channel.
 */
typedef struct gatun_batch_norm {
    int64_t rows;
    int32_t channels;
    float epsilon;
    int32_t activation;
    int32_t fixed; /* 1: the backward pass takes mean and variance as constants, 0: as functions of x */
    int32_t threads;
} gatun_batch_norm;

/*
 * Bytes of workspace (64-byte aligned by the caller) that each of the functions below needs; -1 for bad arguments, and
 * before gatun_init. It depends on the instruction set: ask again after another gatun_init.
 */
GATUN_API int64_t gatun_batch_norm_workspace(const gatun_batch_norm *norm);
/*
 * Mean and biased variance (divided by rows) of each channel; zeros for no rows. Sums of differences from a mean of some
 * rows, added up in double: a mean that is large beside the deviation costs no digits.
 */
GATUN_API int32_t gatun_batch_norm_statistics(const gatun_batch_norm *norm, const float *x, float *mean,
                                              float *variance, void *workspace);
/* residual[rows][channels] may be null. y may be x or residual (in place). */
GATUN_API int32_t gatun_batch_norm_apply(const gatun_batch_norm *norm, const float *x, const float *mean,
                                         const float *variance, const float *gamma, const float *beta,
                                         const float *residual, float *y, void *workspace);
/*
 * What a channel is normalised by, for gatun_conv2d_normalized_forward: means, factors gamma / sqrt(variance + epsilon),
 * and shifts beta, each of channels rounded up to 16 floats (zeros).
 */
GATUN_API int32_t gatun_batch_norm_affine(const gatun_batch_norm *norm, const float *mean, const float *variance,
                                          const float *gamma, const float *beta, float *affine);
/*
 * The gradients, given dy, that of y. With an activation, y is the output; it may be null if there was no residual: the
 * sign is then computed from x again, which reads less memory. dx may be null if it is not wanted; it may be dy (in
 * place). dresidual, the gradient of the residual (that of the sum before the activation), may be null if it is not
 * wanted, or equals dy because there is no activation; it may be dy (in place), but not dx.
 */
GATUN_API int32_t gatun_batch_norm_backward(const gatun_batch_norm *norm, const float *x, const float *y,
                                            const float *dy, const float *mean, const float *variance,
                                            const float *gamma, const float *beta, float *dx, float *dgamma,
                                            float *dbeta, float *dresidual, void *workspace);

/* ---------------------------------------------------------------- group, instance and layer normalisation */

/*
 * Group normalisation (Wu and He, 2018) of x[samples][pixels][channels], channels innermost. The channels / groups
 * channels of a group are normalised together, over all pixels, in each sample apart:
 *     y = gamma * (x - mean) / sqrt(variance + epsilon) + beta
 * As many groups as channels give instance normalisation; one pixel and one group give layer normalisation (Ba et al.,
 * 2016). gamma, beta and their gradients have one element per channel; mean and inverse, which is
 * 1 / sqrt(variance + epsilon), have samples * groups.
 */
typedef struct gatun_group_norm {
    int64_t samples, pixels, channels;
    int64_t groups; /* divides the channels */
    float epsilon;
    int32_t threads;
} gatun_group_norm;

/* Bytes of workspace, as for gatun_batch_norm_workspace. */
GATUN_API int64_t gatun_group_norm_workspace(const gatun_group_norm *norm);
/* Writes y, and mean and inverse for the way back. y may be x (in place). */
GATUN_API int32_t gatun_group_norm_forward(const gatun_group_norm *norm, const float *x, const float *gamma,
                                           const float *beta, float *y, float *mean, float *inverse, void *workspace);
/* The gradients, given dy, that of y. dx may be null if it is not wanted; it may be dy (in place). */
GATUN_API int32_t gatun_group_norm_backward(const gatun_group_norm *norm, const float *x, const float *dy,
                                            const float *gamma, const float *mean, const float *inverse, float *dx,
                                            float *dgamma, float *dbeta, void *workspace);

/* ---------------------------------------------------------------- softmax and cross-entropy */

/* Rows of cols contiguous elements. y = softmax, or its logarithm if log is 1; stable for any finite input. */
GATUN_API int32_t gatun_softmax(int64_t rows, int64_t cols, int32_t log, int32_t threads, const float *x, float *y);
/*
 * loss[r] = log(sum(exp(x[r]))) - x[r][label[r]]; probabilities (may be null) receives the softmax for the backward
 * pass. The caller has checked 0 <= label < cols.
 */
GATUN_API int32_t gatun_cross_entropy_forward(int64_t rows, int64_t cols, int32_t threads, const float *x,
                                              const int32_t *label, float *loss, float *probabilities);
/* dx = scale * (probabilities - onehot(label)); dx may be probabilities. */
GATUN_API int32_t gatun_cross_entropy_backward(int64_t rows, int64_t cols, float scale, int32_t threads,
                                               const float *probabilities, const int32_t *label, float *dx);

/* ---------------------------------------------------------------- optimizers, one pass over the parameters */

/* t counts steps from 1; g is the prepared gradient (below); s0 to s2 are the parameter's state, zeros at first. */
enum gatun_optimizer_kind {
    /* without beta1: w -= rate g. With: s0 = beta1 s0 + g; w -= rate (nesterov ? g + beta1 s0 : s0) */
    GATUN_OPTIMIZER_SGD = 0,
    /* s0 += g^2; w -= rate g / (sqrt(s0) + epsilon) */
    GATUN_OPTIMIZER_ADAGRAD = 1,
    /*
     * s0 = beta2 s0 + (1 - beta2) g^2; centred: s1 = beta2 s1 + (1 - beta2) g, and s0 - s1^2 takes the place of s0 in
     * d = g / (sqrt(s0) + epsilon); without beta1 w -= rate d, with: s2 = beta1 s2 + d; w -= rate s2
     */
    GATUN_OPTIMIZER_RMSPROP = 2,
    /* s0 = beta2 s0 + (1 - beta2) g^2; d = g sqrt(s1 + epsilon) / sqrt(s0 + epsilon);
     * s1 = beta2 s1 + (1 - beta2) d^2; w -= rate d */
    GATUN_OPTIMIZER_ADADELTA = 3,
    /*
     * s0 = beta1 s0 + (1 - beta1) g; s1 = beta2 s1 + (1 - beta2) g^2; amsgrad: s2 = max(s2, s1) takes the place of s1 in
     * w -= (first_rate s0 + gradient_rate g) / (sqrt(s1) correction + epsilon)
     * For Adam first_rate = rate / (1 - beta1^t), gradient_rate = 0, correction = 1 / sqrt(1 - beta2^t).
     */
    GATUN_OPTIMIZER_ADAM = 4,
    /* s0 = beta1 s0 + (1 - beta1) g; s1 = max(beta2 s1, |g| + epsilon); w -= first_rate s0 / s1 */
    GATUN_OPTIMIZER_ADAMAX = 5,
    /*
     * s0 and s1 as for Adam; d = first_rate s0 / (sqrt(s1) correction + epsilon) + shrink w;
     * w -= rate (|w| / |d|, or 1 where either is 0) d, with Euclidean norms over the whole parameter
     */
    GATUN_OPTIMIZER_LAMB = 6,
    GATUN_OPTIMIZERS = 7,
};

enum gatun_optimizer_flag {
    GATUN_OPTIMIZER_NESTEROV = 1, /* sgd */
    GATUN_OPTIMIZER_CENTRED = 2,  /* rmsprop */
    GATUN_OPTIMIZER_AMSGRAD = 4,  /* adam */
};

/*
 * A step of an optimizer. What depends on t comes from the caller, computed in double. The prepared gradient is
 * clamp(scale g, -clip, clip) + l2 w + l1 sign(w). Before all kinds but LAMB, w -= shrink w (decoupled decay; the
 * prepared gradient still sees the old w).
 */
typedef struct gatun_optimizer {
    int32_t kind, flags;
    float rate;
    float beta1, beta2, epsilon;
    float first_rate, gradient_rate, correction;
    float scale; /* usually 1 */
    float clip;  /* 0 for none */
    float l2, l1, shrink;
    int32_t threads;
} gatun_optimizer;

/* A parameter of a step over several. State that the kind does not use may be null. */
typedef struct gatun_update {
    int64_t n;
    float *w;
    const float *g;
    float *s0, *s1, *s2;
} gatun_update;

/*
 * One step for count parameters in one go, each of them divided among the threads. Bit for bit what a call for each
 * gives.
 */
GATUN_API int32_t gatun_optimizer_steps(const gatun_optimizer *optimizer, int64_t count, const gatun_update *updates);
/* The same for one parameter. */
GATUN_API int32_t gatun_optimizer_step(const gatun_optimizer *optimizer, int64_t n, float *w, const float *g, float *s0,
                                       float *s1, float *s2);

#ifdef __cplusplus
}
#endif
#endif
