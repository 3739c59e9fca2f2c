/* The C++ face of fixprop.h: a network that holds its own arrays, their sizes known to the
 * compiler. C++11; no heap, no virtual functions, no exceptions, no float on the chip.
 *
 *   fixprop::Network<2, fixprop::Sigmoid<3>, fixprop::Sigmoid<1>> xor_gate; // 2-3-1 */
#ifndef FIXPROP_HPP
#define FIXPROP_HPP

#include "fixprop.h"

namespace fixprop {

/* A layer: how many neurons, and their activation function. */
template <int Neurons, const fixprop_activation &Function, bool OutputOnly = false> struct Layer {
  static_assert(Neurons >= 1 && Neurons <= FIXPROP_MAX_NEURONS, "a layer has 1 to 254 neurons");
  static constexpr int neurons = Neurons;
  static constexpr bool output_only = OutputOnly;
  static constexpr fixprop_layer above(int inputs) {
    return {uint8_t(inputs), uint8_t(Neurons), &Function, 0};
  }
};

template <int Neurons> struct Sigmoid : Layer<Neurons, fixprop_sigmoid> {};
template <int Neurons> struct Tanh : Layer<Neurons, fixprop_tanh> {};
template <int Neurons> struct Linear : Layer<Neurons, fixprop_linear> {};
template <int Neurons> struct Relu : Layer<Neurons, fixprop_relu> {};
template <int Neurons> struct LeakyRelu : Layer<Neurons, fixprop_leaky_relu> {};
template <int Neurons>
struct SigmoidCrossEntropy : Layer<Neurons, fixprop_sigmoid_cross_entropy, true> {};
template <int Neurons> struct Softmax : Layer<Neurons, fixprop_softmax, true> {};

/* The same layer with bias weights that do not learn. */
template <class Of> struct FixedBias : Of {
  static constexpr fixprop_layer above(int inputs) {
    return {uint8_t(inputs), uint8_t(Of::neurons), Of::above(inputs).activation,
            FIXPROP_FIXED_BIAS};
  }
};

namespace detail {

template <int Inputs, class Of> struct Placed {
  static constexpr fixprop_layer row() { return Of::above(Inputs); }
};

/* Recursion from the inputs upwards; `Done` are the layers below, each with its inputs. */
template <int Inputs, class Done, class... Left> struct Stack;
template <class... Done> struct List {};

template <int Inputs, class... Done, class First, class... Others>
struct Stack<Inputs, List<Done...>, First, Others...>
    : Stack<First::neurons, List<Done..., Placed<Inputs, First>>, Others...> {
  typedef Stack<First::neurons, List<Done..., Placed<Inputs, First>>, Others...> Above;
  static_assert(!First::output_only || sizeof...(Others) == 0, "this layer can only be the last");
  static constexpr int neurons = First::neurons + Above::neurons;
  static constexpr int weights = First::neurons * (Inputs + 1) + Above::weights;
};

template <int Inputs, class... Done> struct Stack<Inputs, List<Done...>> {
  static constexpr int outputs = Inputs;
  static constexpr int neurons = 0;
  static constexpr int weights = 0;
  static const fixprop_layer layers[sizeof...(Done)];
};

template <int Inputs, class... Done>
const fixprop_layer Stack<Inputs, List<Done...>>::layers[sizeof...(Done)] = {Done::row()...};

/* So that a decimal without its suffix does not compile: C++ would cut it to an integer. */
template <class T> struct Decimal {};
template <> struct Decimal<float> { typedef void refused; };
template <> struct Decimal<double> { typedef void refused; };
template <> struct Decimal<long double> { typedef void refused; };

} // namespace detail

/* Make it a global or static variable: the linker then counts its memory. */
template <int Inputs, class... Layers> class Network {
  static_assert(Inputs >= 1 && Inputs <= FIXPROP_MAX_NEURONS, "a network has 1 to 254 inputs");
  static_assert(sizeof...(Layers) >= 1 && sizeof...(Layers) <= 255, "1 to 255 layers");
  typedef detail::Stack<Inputs, detail::List<>, Layers...> Stack;

public:
  static constexpr int input_count = Inputs;
  static constexpr int output_count = Stack::outputs;
  static constexpr int neuron_count = Stack::neurons; /* inputs not counted */
  static constexpr int weight_count = Stack::weights; /* biases counted */
  static_assert(weight_count <= 0xFFFF, "at most 65,535 weights");

  Network()
      : network_{Stack::layers,
                 sizeof...(Layers),
                 memory_.weights,
                 memory_.residuals,
                 memory_.values,
                 memory_.deltas,
                 0},
        memory_() {}
  Network(const Network &) = delete;
  Network &operator=(const Network &) = delete;

  void rate(uint16_t uq3_13) { network_.rate = uq3_13; }
  template <class T> typename detail::Decimal<T>::refused rate(T) = delete;
  uint16_t rate() const { return network_.rate; }

  void input(uint8_t i, int16_t q15) { memory_.values[i] = q15; }
  int16_t input(uint8_t i) const { return memory_.values[i]; }
  int16_t output(uint8_t j) const {
    return memory_.values[Inputs + neuron_count - output_count + j];
  }

  const int16_t *forward() { return fixprop_forward(&network_); }
  void train(const int16_t (&targets)[output_count]) { fixprop_train(&network_, targets); }

  void initialise(uint32_t seed, int16_t spread = 1 << FIXPROP_PASS_WEIGHT_FRACTION) {
    fixprop_generator generator = seeded(seed);
    fixprop_initialise(&network_, &generator, spread);
  }
  void initialise_xavier(uint32_t seed) {
    fixprop_generator generator = seeded(seed);
    fixprop_initialise_xavier(&network_, &generator);
  }
  void initialise_he(uint32_t seed) {
    fixprop_generator generator = seeded(seed);
    fixprop_initialise_he(&network_, &generator);
  }

  /* Q4.19, in the order of fixprop.h: [layer][neuron][bias, inputs...]. */
  int32_t weight(uint16_t i) const { return fixprop_weight(&network_, i); }
  void weight(uint16_t i, int32_t q4_19) { fixprop_set_weight(&network_, i, q4_19); }

  /* For what fixprop.h has and this face has not. */
  fixprop_network *c() { return &network_; }

private:
  static fixprop_generator seeded(uint32_t seed) {
    fixprop_generator generator;
    fixprop_seed(&generator, seed);
    return generator;
  }

  struct Memory { /* as fixprop.h describes the arrays; one struct, so that one loop clears it */
    int16_t weights[weight_count];
    uint8_t residuals[weight_count];
    int16_t values[Inputs + neuron_count];
    int32_t deltas[neuron_count];
  };
  fixprop_network network_;
  Memory memory_;
};

/* C++11 wants these where one is passed by reference, as to std::max. */
template <int Inputs, class... Layers> constexpr int Network<Inputs, Layers...>::input_count;
template <int Inputs, class... Layers> constexpr int Network<Inputs, Layers...>::output_count;
template <int Inputs, class... Layers> constexpr int Network<Inputs, Layers...>::neuron_count;
template <int Inputs, class... Layers> constexpr int Network<Inputs, Layers...>::weight_count;

/* What momentum and mini-batches gather beside the weights of one network. */
template <class Of> class Changes {
public:
  Changes(Of &of, uint16_t uq0_16)
      : network_(*of.c()), changes_{memory_.upper, memory_.lower, uq0_16}, memory_() {}
  Changes(const Changes &) = delete;
  Changes &operator=(const Changes &) = delete;

  void momentum(uint16_t uq0_16) { changes_.momentum = uq0_16; }
  uint16_t momentum() const { return changes_.momentum; }

  /* One online step with momentum. */
  void train(const int16_t (&targets)[Of::output_count]) {
    fixprop_train_momentum(&network_, targets, &changes_);
  }
  /* Mini-batch: accumulate for each sample, then apply. */
  void accumulate(const int16_t (&targets)[Of::output_count]) {
    fixprop_accumulate(&network_, targets, &changes_);
  }
  void apply() { fixprop_apply(&network_, &changes_); }

private:
  fixprop_network &network_;
  struct Memory {
    int16_t upper[Of::weight_count];
    uint8_t lower[Of::weight_count];
  };
  fixprop_changes changes_;
  Memory memory_;
};

namespace detail {

constexpr long double up_to(long double limit, long double value) {
  return value < limit ? value : limit;
}
constexpr int32_t rounded(long double value) { return int32_t(value + 0.5L); }

} // namespace detail

/* Decimals as the formats have them, to the nearest unit and at most the highest: 0.5_q15 is 16384.
 * The compiler computes them; no float comes to the chip. */
namespace literals {

constexpr int16_t operator""_q15(long double value) {
  return int16_t(
      detail::rounded(detail::up_to(INT16_MAX, value * (1L << FIXPROP_ACTIVATION_FRACTION))));
}
constexpr uint16_t operator""_rate(long double value) { /* UQ3.13 */
  return uint16_t(
      detail::rounded(detail::up_to(UINT16_MAX, value * (1L << FIXPROP_RATE_FRACTION))));
}
constexpr uint16_t operator""_momentum(long double value) { /* UQ0.16 */
  return uint16_t(
      detail::rounded(detail::up_to(UINT16_MAX, value * (1L << FIXPROP_MOMENTUM_FRACTION))));
}
constexpr int16_t operator""_spread(long double value) { /* Q4.11 */
  return int16_t(
      detail::rounded(detail::up_to(INT16_MAX, value * (1L << FIXPROP_PASS_WEIGHT_FRACTION))));
}
constexpr int32_t operator""_weight(long double value) { /* Q4.19 */
  return detail::rounded(detail::up_to(8388607, value * (1L << FIXPROP_WEIGHT_FRACTION)));
}

} // namespace literals
} // namespace fixprop
#endif
