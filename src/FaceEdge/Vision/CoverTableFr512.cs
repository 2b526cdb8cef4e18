namespace FaceEdge.Vision;

/// <content>fr512: fitted on LFW's development half and on what <c>Evaluation/Covers</c> draws on it (docs/decisions/0028).</content>
internal sealed partial class CoverTable
{
    private static readonly CoverTable Fr512 = new(
        bias: new(0, 1, -7.558f, -7.687f, -10.415f, -9.339f),
        new(0.5749f, 0.0863f, 1.139f, -0.686f, 0.164f, 0.088f), // looks: likeness without the eyes
        new(0.5196f, 0.103f, 0.547f, 0.450f, -0.585f, 0.108f), // without mouth and nose
        new(0.1048f, 0.0979f, 0.571f, 1.277f, -0.236f, 0.169f), // of the two
        new(0.7494f, 0.0687f, -0.217f, -0.320f, 0.184f, -0.574f), // evidence without the eyes
        new(0.8947f, 0.0939f, -0.431f, -0.037f, -0.518f, -0.145f), // without mouth and nose
        new(3.691f, 0.42f, -2.080f, -1.448f, -1.265f, -1.048f), // evidence
        new(0.05531f, 0.144f, 0.043f, -0.696f, 0.498f, -0.023f), // likeness without the eyes less that without the mouth
        new(-0.1453f, 0.119f, 0.065f, -0.156f, 0.441f, -0.216f), // the same of the evidence
        new(0.5624f, 0.0899f, -0.034f, 0.620f, 0.184f, 0.835f), // cheeks: light
        new(3.446f, 0.333f, -0.328f, -0.184f, 0.069f, -0.235f), // contrast
        new(2.444f, 0.244f, 0.389f, 0.514f, -0.060f, 0.070f), // detail
        new(35.08f, 10.4f, -0.033f, 0.213f, 0.197f, -0.742f), // red
        new(-0.2196f, 0.118f, 0.819f, 0.340f, -0.253f, 0.355f), // eyes: light
        new(3.598f, 0.247f, -0.023f, 0.115f, -0.227f, 0.288f), // contrast
        new(2.832f, 0.206f, -0.460f, -0.752f, -0.153f, 0.000f), // detail
        new(4.711f, 5.29f, 0.058f, -0.124f, 0.378f, -0.321f), // blue
        new(-7.246f, 4.41f, -0.269f, 0.342f, 0.067f, 0.212f), // red
        new(-0.02369f, 0.108f, -0.753f, -0.296f, 0.102f, -0.259f), // under the eyes: light
        new(3.078f, 0.415f, -0.264f, 0.169f, 0.281f, -0.302f), // contrast
        new(2.471f, 0.32f, 0.210f, 0.254f, 0.039f, -0.035f), // detail
        new(0.8007f, 4.46f, 0.038f, 0.127f, -0.149f, 0.335f), // blue
        new(-2.564f, 3.7f, -0.106f, -0.004f, -0.089f, 0.152f), // red
        new(-0.1548f, 0.122f, 0.273f, 0.139f, -0.001f, 0.359f), // mouth: light
        new(3.384f, 0.302f, -0.051f, -0.560f, 0.371f, 0.200f), // contrast
        new(2.613f, 0.255f, 0.325f, 0.028f, -0.043f, 0.049f), // detail
        new(3.757f, 5.69f, -0.180f, 0.512f, -0.229f, -0.114f), // blue
        new(-2.016f, 5.16f, 0.199f, -0.543f, -0.089f, -0.395f), // red
        new(-0.058f, 0.305f, -0.142f, -0.130f, 0.299f, -0.110f), // forehead: light
        new(3.502f, 0.454f, -0.514f, -0.181f, -1.814f, -0.464f), // contrast
        new(2.159f, 0.383f, 0.799f, -0.273f, 1.222f, 0.114f), // detail
        new(2.303f, 11f, -0.159f, 0.188f, 0.127f, 0.367f), // blue
        new(-6.466f, 8.98f, 0.028f, -0.147f, -0.002f, 0.002f), // red
        new(0.006683f, 0.0207f, -0.041f, 0.142f, -0.183f, 0.602f), // lost in some colour
        new(0.0001906f, 0.00234f, -0.185f, -0.040f, -0.227f, 0.399f), // white
        new(0.01363f, 0.0297f, -0.081f, -0.200f, -0.138f, 0.244f), // black
        new(0.001013f, 0.0061f, 0.145f, -0.206f, -0.194f, 0.436f), // bright without detail
        new(0.1042f, 0.0907f, 0.867f, 0.257f, -0.055f, 0.072f)); // eyes in the shade
}
