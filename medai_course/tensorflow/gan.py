"""A generative adversarial network in Keras: the two players and their step."""

import keras
import numpy as np
import tensorflow as tf
from keras.layers import Activation, Conv2D, Conv2DTranspose, Dense, Flatten, Reshape

from ..scratch import gan as scratch
from .network import ACTIVATIONS, KerasNet

LEAKY = ACTIVATIONS["leaky_relu"]


class Players(keras.Model):
    """The generator, which writes rows, and the discriminator, which judges them."""

    def __init__(self, generator, discriminator, dtype):
        super().__init__(dtype=dtype)
        self.generator, self.discriminator = generator, discriminator

    def call(self, z, x):
        return self.generator(z), self.discriminator(x)


class GAN(KerasNet, scratch.GAN):
    def _model(self):
        kind, (start, _, _) = {"dtype": self.dtype_}, self._sizes()
        both = {"padding": "same", **kind}
        up, down = [], [Conv2D(n, 4, 2, activation=LEAKY, **both) for n in self.filters]
        for n_out in [*self.filters[-2::-1], self.input_shape_[-1]] if self.filters else []:
            up += [Activation("relu", **kind), Conv2DTranspose(n_out, 4, 2, **both)]
        G = [Dense(n, "relu", **kind) for n in self.hidden]
        G += [Dense(int(np.prod(start)), **kind), Reshape(start, **kind), *up]
        D = [*down, Flatten(**kind), *(Dense(n, LEAKY, **kind) for n in self.hidden[::-1])]
        end = Activation(self.output, **kind)
        players = keras.Sequential([*G, end]), keras.Sequential([*D, Dense(1, **kind)])
        return Players(*players, self.dtype_)

    def _example(self):
        labels = tf.zeros((1, self.n_labels_), self.dtype_)
        x = tf.zeros((1, *self.input_shape_), self.dtype_)
        return tf.zeros((1, self.n_latent + self.n_labels_), self.dtype_), self._joined(x, labels)

    def _optimiser_for(self, net):
        rule = super()._optimiser_for
        return rule(net.generator), rule(net.discriminator)

    def _joined(self, x, labels):
        if not self.filters:
            flat = tf.reshape(x, (-1, int(np.prod(self.input_shape_))))
            return tf.concat([flat, labels], 1)
        planes = tf.ones_like(x[..., :1]) * labels[:, None, None]
        return tf.concat([x, planes], -1)

    def _update(self, inputs, labels, weight):
        (x, z), (move_G, move_D) = inputs, self._optimiser
        G, D = self._net.generator, self._net.discriminator
        with tf.GradientTape() as tape_G:
            fake = G(tf.concat([z, labels], 1))
            with tape_G.stop_recording():
                loss_D = self._judge_step(D, move_D, x, fake, labels)
            logits = D(self._joined(fake, labels))
            loss_G = cross_entropy(tf.ones_like(logits), logits)
        move_G.step(tape_G.gradient(loss_G, G.trainable_variables), self._rate)
        return loss_D, loss_G

    def _judge_step(self, D, move_D, x, fake, labels):
        both = self._joined(tf.concat([x, fake], 0), tf.concat([labels, labels], 0))
        rows = (tf.shape(x)[0], 1)
        real = tf.concat([tf.ones(rows, x.dtype), tf.zeros(rows, x.dtype)], 0)
        with tf.GradientTape() as tape:
            logits = D(both)
            loss = cross_entropy(real, logits)
        move_D.step(tape.gradient(loss, D.trainable_variables), self._rate)
        return loss

    def _forward(self, z):
        return self._net.generator(z)

    def _judge(self, x, labels):
        return self._net.discriminator(self._joined(x, labels))


def cross_entropy(target, logits):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(target, logits))
