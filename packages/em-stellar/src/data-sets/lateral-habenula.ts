import { checksums, type DataSet } from "./data-set.js";

const repository = "CRBS/cdeep3m/abf995802608073532f324ce57425fa1b7cf9d19";

/** SBEM of mouse lateral habenula: the labelled slices of the paper's neuronal data set. */
export const lateralHabenula: DataSet = {
  id: "lateral-habenula",
  summary: "SBEM of mouse lateral habenula with mitochondria: 20 training and 10 validation slices, 1024 × 1024",
  licence: "University of California, San Diego: education, research and non-profit use (github.com/CRBS/cdeep3m)",
  citation:
    "Haberl et al.: CDeep3M—Plug-and-Play cloud-based deep learning for image segmentation. Nature Methods 15, 2018, 677-680. doi:10.1038/s41592-018-0106-z",
  files: checksums`
8a87ab65e06861324d186a86591b4509f4aa6d7456cdd0dd05a80cbc7cc11a27 966974 train/images/slice-010.png
6f6ad693d68dd21dfeae106210e6e368632ae56d1d4e1378f5451c38f06d5e98 970677 train/images/slice-011.png
9281a2f55c90f5fcac3b71271aef6b7f690e162c09df6f3821313c62fa63ad0f 970067 train/images/slice-012.png
9493cbe167faf7db06e585508a3a85d70731ffff077aab41939936f6d0997203 969075 train/images/slice-013.png
aa26cd0683e62d3bac922e7f0ae8f88d20fdb03acf65c4b76927778ac7ea4e00 967836 train/images/slice-014.png
92503aee126073a8b4ef430bb6d35585a478bc9c2c6e6cd28fc7ae31ab098044 970028 train/images/slice-015.png
648d08b8e5d42e15de8b3d46ed1600404cefff455ee40f3296cb08861aca07e8 973090 train/images/slice-016.png
c080822d7c346c70ccd3ef675e6dc28da992d1099a318ce7a19c37457a7aae57 968718 train/images/slice-017.png
4e4ce75fa1e3e0f9b2fe6e561a931148a1bcfed7cf696476099028f169b6b146 968477 train/images/slice-018.png
cec0bea9e1e237a4a6ee4aef5f6fbeef34f72be47266604671643eb4f15b531d 970234 train/images/slice-019.png
aa82401cc5608fb8a5a14fedabc72526086bdc7b9e12ab9cd1cb0a9af19c6ded 972401 train/images/slice-020.png
4de7f89e805398ae9fc85f6a0df2030d9745b2948be3b3245996a2d4cbc9d5ed 971044 train/images/slice-021.png
c25896d8f905934da82a5d6c41bd1d8d74429add9f7369abc002b89a271f58dd 975719 train/images/slice-022.png
0c63d321927f4b3c627577ee60f64b7b300255af225f5ab8faaaf697160087c4 976772 train/images/slice-023.png
b830beca7147fc0b27c9489efcefcd26980ea8a837419bef4548a296c8acd20a 974047 train/images/slice-024.png
9c7bcfb6e29b26d75182d1b95c160365bae1e69c0a0043c863a1845bb601fcf1 972693 train/images/slice-025.png
1289ce8ed1e132db96ed517a6b9780f1063ebfd6c1bf69b0d95a5b7813c4939f 973747 train/images/slice-026.png
02564e9fa06aa2ff1af2e4742b67d362ed702fa79bfa9c036e45fa63a7053bfb 971846 train/images/slice-027.png
3c88bcf5cd507cc6e7df9617f4d1f7b8f8d9167962a6dafdd5e37951e190784b 975407 train/images/slice-028.png
b4570f54ece3bcf7b54271a82397445a8dd7e6d9c3a9cedd363c929d71212d1f 976990 train/images/slice-029.png
533e65efe86ecf4b006688b613b47e049a393ccbed02dedfe6a234c8657743cc 11716 train/masks/slice-010.png
00d883fab540c7a8550144d111c91b00d7b5e9d342d1d77c9d1b5f60879c9a85 11406 train/masks/slice-011.png
e70ff1f7a0f84116dd53e09d296a994459898ac5fccf774639a04784a7bf140f 11492 train/masks/slice-012.png
193b173cf8449c812f7c220477df6a356429c55155becb39e4a08e1a30c24efe 11086 train/masks/slice-013.png
4b9c73ea9de0c66b6b1eea5b2a73c4f46dd43be7cee8bcb8bbd8540b76f8dcbb 10808 train/masks/slice-014.png
2bbdeae4a69615aec3e4de5fb8830141a232565c709477d50b154c507a46df67 10285 train/masks/slice-015.png
21a9597343b0be72b663326a9ec497091cf75707b02537abb5e27ae93ce9c590 11178 train/masks/slice-016.png
31b483e560d16473691467375ac224b68d3554c2ea32a6b6d915c6d088786247 10173 train/masks/slice-017.png
d57d1bd649f5e31afa16a92b8853db867a8b87d695d42ba3150b75ff88f1be2b 10207 train/masks/slice-018.png
fe6d0a8c6945312e15f2ac4fb6c3a3909ded5ff735b685fe16a333e3c857ebf1 10565 train/masks/slice-019.png
115ef5f5f3a63b9ec69dbf7dc80c4e34cca7de17341133695da325c8250e863a 11395 train/masks/slice-020.png
922d1f4de147a7386ce20989b4378300607ad0c837ff81e549e0ad0fb671c926 10875 train/masks/slice-021.png
5c641912c2665c283d536b53377814169f82a3c007e41b63e3579d969cf6339e 10663 train/masks/slice-022.png
a6b424c1101e3ba6f786ea3decf80689ce6e72eba52021ff4c7d25f9d96a6700 10064 train/masks/slice-023.png
7f37690df04c3705071631d451e4bf525e654a4952c7a5f46c7c6181ab068fbd 10319 train/masks/slice-024.png
13b5ce883f9efc51d0d4a3dacb0d64340bceaa84fd442519a21277f9f9396efa 11036 train/masks/slice-025.png
1d70c85caa0062a771a7e2b1fe44aa7a2848dcba34fa4d40cb2a38dd62ec68f6 11601 train/masks/slice-026.png
69abe7414ea12c37c9b1714b7d8ffeb587f99524c1c9bc63fc840e358eb5f3d8 11667 train/masks/slice-027.png
7cf1124d071e47ae78a9a78e5d538f6edc163b77ed634ceb4d097101490b8df6 11232 train/masks/slice-028.png
ececb00a4f6b3edfcfed6b707112044bf8ccd90110d57b5b64f56c636df73a3a 10837 train/masks/slice-029.png
ae2501673bca9114a67c8d198cbf85c5d7cbcd1ea0a70b51d3c6fd1dc7c54e30 977554 validation/images/slice-050.png
f1aa0cc369fe0f21d94528f9cd8ff47c4f3e267b5c1749a679863911c6164e23 978554 validation/images/slice-051.png
eab182c722313cce20f6050f8940e0788fc9159c78a7b875593cc45f7ec18f22 979322 validation/images/slice-052.png
d01f8748b68344cb10aebf9a4278e37240e021d9f0526f5d21f3bd061bdbd750 973881 validation/images/slice-053.png
72c61590f0a8e93f64779d782c603bb5790a385c34e14a0015b83c658b3524a0 972826 validation/images/slice-054.png
3a1f8ce1a2a25d7c0dd160e6f31aaa9a00f9ef7f50e7b7aafc1b77f0fcb202b4 973409 validation/images/slice-055.png
c0fa5af42f12e22be54ed46a175901d40f042b33ecdbeb31ccc97a7852252b1e 976538 validation/images/slice-056.png
80b606fd33c3a410bed2c0cb0de56895cb2ac7b7a7273458c8d9355951a4d379 977233 validation/images/slice-057.png
9765596150b1f661cfa0940e05d470da70f6043e01201a1b459bde9a1f9fd31d 976417 validation/images/slice-058.png
b08d7009eac4fa3c8c56bb1bd794b50407901ca87398207c591d5ffed2388bb7 976617 validation/images/slice-059.png
6c8c3ce98f9f5895707ee114084c03f7cf0ba727be7e0cf95caa0438f5e29fa8 10457 validation/masks/slice-050.png
da56e4e5277a4bffee25d690fe2d0d55706c671594488d05aa2e33bc6eadc1ba 10474 validation/masks/slice-051.png
1575d9f4b34f63769ababfc229a1c5a4ba3d8cd7f1fcf86450906a8ede285801 10093 validation/masks/slice-052.png
63e0971cfb3bf3290952e40cda5fdb97c41902a420ce532e22f88c2c28afe138 9869 validation/masks/slice-053.png
cfc2fe79b3261ebac2148379c33f5e435fa3c8a139291501ab934cd684b513ed 10017 validation/masks/slice-054.png
8b8197f0d99918052688674fe86daa5312dcf9d86464eda6a95e5912f4c0620e 9924 validation/masks/slice-055.png
f77bd374b95b2d658121dd159dbea097f67933aab75f56917eda91a8cdc3ebf0 9868 validation/masks/slice-056.png
bec4fcb16c492e36aa305ce7606948345ec9bcdc88a069b5c7870bd67fbde114 9522 validation/masks/slice-057.png
64d4e7c15abd3ab38339f0fa4348499962d5ff6cfe21b789c65db64b2dd63bf5 9124 validation/masks/slice-058.png
3336a95fe7cd57e9adc7dac3e0592c9016272f1ac9710fe5609e5b104869b54f 9462 validation/masks/slice-059.png
`,
  source(path) {
    const [, folder, kind, slice] = /^(\w+)\/(\w+)\/slice-(\d+)\.png$/.exec(path) ?? [];
    const file = kind === "images" ? `images/images.${slice}.png` : `labels/mitos_3D.${slice}.png`;
    return `${repository}/mito_testsample/${folder === "train" ? "training" : folder}/${file}`;
  },
};
